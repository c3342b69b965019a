package io.postil.backends.labelstudio;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A project that was there before: finds the control for each field in its labelling interface, by
 * name, else by kind where only one can be meant. For one run.
 */
final class ExistingProject {
  private final long id;
  private final Document interfaceByName;
  private final MediaType mediaType;
  private final List<Problem> problems = new ArrayList<>();
  private final Map<String, String> found = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private @Nullable String object;
  private @Nullable String dataKey;

  ExistingProject(Document project, MediaType mediaType) {
    this.id = project.getLong("id", 0);
    this.interfaceByName = project.getDocument("parsed_label_config");
    this.mediaType = mediaType;
  }

  /**
   * The names of its controls.
   *
   * @throws PostilException with everything that a schema needs and the project lacks
   */
  Names names(LabelSchema schema, Map<String, FieldType> scalarTypes) {
    Controls wanted = new Controls(schema, mediaType, scalarTypes, Names.own(mediaType.id()));
    for (FieldControl control : wanted.all()) {
      String field = control.field.field();
      boolean video = control instanceof VideoControl;
      List<String> classes =
          control instanceof ScalarControl ? List.of() : control.field.classNames();
      find(field, field, video ? "Labels" : control.tag(), classes);
      if (video) {
        find(field + ".box", field, control.tag(), List.of());
      }
      for (AttributeControl attribute : attributes(control)) {
        find(attribute.name(), attribute.name(), attribute.tag(), attribute.choiceNames());
      }
    }
    if (!problems.isEmpty()) {
      throw PostilException.of(problems);
    }
    return new Names(
        object == null ? mediaType.id() : object,
        dataKey == null ? mediaType.id() : dataKey,
        found);
  }

  private static List<AttributeControl> attributes(FieldControl control) {
    return switch (control) {
      case ShapeControl shape -> shape.attributes.controls();
      case VideoControl video -> video.attributes().controls();
      case ChoicesControl choices -> choices.attributes().controls();
      default -> List.of();
    };
  }

  private void find(String usual, String shortName, String tag, List<String> classes) {
    List<String> fitting = new ArrayList<>();
    interfaceByName.forEach(
        (name, control) -> {
          if (control instanceof Document d
              && !taken.contains(name)
              && tag.equals(d.getString("type"))
              && d.getList("labels").containsAll(classes)) {
            fitting.add(name);
          }
        });
    String last = shortName.substring(shortName.lastIndexOf('.') + 1);
    String chosen = null;
    for (String name : fitting) {
      if (name.equals(usual) || name.equals(shortName) || name.equals(last)) {
        chosen = name;
      }
    }
    if (chosen == null && fitting.size() == 1) {
      chosen = fitting.get(0);
    }
    if (chosen == null) {
      problems.add(
          new Problem(
              ErrorCode.INVALID_SCHEMA,
              "the labelling interface of project "
                  + id
                  + (fitting.isEmpty() ? " has no " : " has several ")
                  + tag
                  + " for '"
                  + usual
                  + "'"
                  + (classes.isEmpty() ? "" : " with " + String.join(", ", classes)),
              "Name a control '" + usual + "' there, or leave out project_id to make a project."));
      return;
    }
    taken.add(chosen);
    found.put(usual, chosen);
    Document control = interfaceByName.getDocument(chosen);
    if (object == null && !control.getList("to_name").isEmpty()) {
      object = String.valueOf(control.getList("to_name").get(0));
    }
    if (dataKey == null
        && !control.getList("inputs").isEmpty()
        && control.getList("inputs").get(0) instanceof Document input) {
      dataKey = input.getString("value");
    }
  }
}
