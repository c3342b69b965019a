package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.testkit.cvat.State.Attribute;
import io.postil.testkit.cvat.State.Label;
import io.postil.testkit.cvat.State.Owned;
import io.postil.testkit.cvat.State.Project;
import io.postil.testkit.cvat.State.Task;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The labels of projects and tasks: what the server checks of them, and what it does not. */
final class Labels {
  private static final int MAX_NAME = 64;
  private static final int MAX_VALUES = 4096;
  private static final Set<String> INPUT_TYPES =
      Set.of("checkbox", "radio", "number", "text", "select");

  private final State state;

  Labels(State state) {
    this.state = state;
  }

  void addTo(Router router) {
    router.on("GET", "/labels", (call, args) -> list(call));
    router.on("GET", "/labels/#", (call, args) -> get(call, Router.id(args)));
    router.on("PATCH", "/labels/#", (call, args) -> rename(call, Router.id(args)));
    router.on("DELETE", "/labels/#", (call, args) -> delete(call, Router.id(args)));
  }

  // --- making ---------------------------------------------------------------------------------

  /** Makes labels from what a client sent, or refuses them all. */
  void create(Owned owner, List<@Nullable Object> given) {
    given.forEach(Labels::check);
    Set<String> names = new HashSet<>();
    for (Object label : given) {
      if (!names.add(((Document) label).getString("name", ""))) {
        throw ApiError.invalid("All label names must be unique");
      }
    }
    for (Object label : given) {
      owner.labels.add(label((Document) label, null, "any"));
    }
  }

  /** Adds labels, and attributes to labels that are named by id. */
  void update(Owned owner, List<@Nullable Object> given) {
    for (Object entry : given) {
      Document document = (Document) entry;
      long id = document.getLong("id", 0);
      if (id == 0) {
        check(document);
        if (owner.labels.stream().anyMatch(l -> l.name.equals(document.getString("name")))) {
          throw ApiError.invalid("All label names must be unique");
        }
        owner.labels.add(label(document, null, null));
        continue;
      }
      Label label =
          owner.labels.stream().filter(l -> l.id == id).findFirst().orElseThrow(ApiError::notFound);
      if (document.getBoolean("deleted", false)) {
        owner.labels.remove(label);
        continue;
      }
      label.name = document.getString("name", label.name);
      for (Object attribute : document.getList("attributes")) {
        Document spec = (Document) attribute;
        if (spec.getLong("id", 0) == 0) {
          checkAttribute(spec);
          addAttribute(label, spec);
        }
      }
    }
  }

  private static void check(@Nullable Object given) {
    if (!(given instanceof Document label)) {
      throw ApiError.serverError();
    }
    String name = label.getString("name", "");
    if (name.isEmpty()) {
      throw fault("name", "This field may not be blank.");
    }
    if (name.length() > MAX_NAME) {
      throw fault("name", "Ensure this field has no more than 64 characters.");
    }
    for (Object attribute : label.getList("attributes")) {
      checkAttribute((Document) attribute);
    }
    label.getList("sublabels").forEach(Labels::check);
  }

  private static ApiError fault(String field, Object what) {
    return ApiError.of(
        400,
        Entity.of(
            "labels",
            List.of(Entity.of(field, what instanceof String text ? List.of(text) : what))));
  }

  private static ApiError attributeFault(String field, Object what) {
    return fault(
        "attributes",
        List.of(Entity.of(field, what instanceof String text ? List.of(text) : what)));
  }

  private static void checkAttribute(Document attribute) {
    if (attribute.getString("name", "").length() > MAX_NAME) {
      throw attributeFault("name", "Ensure this field has no more than 64 characters.");
    }
    if (!attribute.contains("values")) {
      throw attributeFault("values", "This field is required.");
    }
    Entity wrong = new Entity();
    List<@Nullable Object> values = attribute.getList("values");
    int length = 0;
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) instanceof String text) {
        length += text.length() + 1;
      } else if (!(values.get(i) instanceof Number)) {
        wrong.put(String.valueOf(i), List.of("Not a valid string."));
      }
    }
    if (!wrong.isEmpty()) {
      throw attributeFault("values", wrong);
    }
    String type = attribute.getString("input_type", "");
    if (!INPUT_TYPES.contains(type)) {
      throw attributeFault("input_type", "\"" + type + "\" is not a valid choice.");
    }
    if (length > MAX_VALUES) {
      throw ApiError.serverError();
    }
  }

  private Label label(Document given, @Nullable Integer parent, @Nullable String defaultType) {
    Label label = new Label(state.nextId("label"), parent);
    label.name = given.getString("name", "");
    label.color =
        given.getString("color", String.format("#%06x", label.name.hashCode() & 0xffffff));
    label.type = given.getString("type", defaultType == null ? "" : defaultType);
    if (label.type.isEmpty()) {
      label.type = null;
    }
    for (Object attribute : given.getList("attributes")) {
      addAttribute(label, (Document) attribute);
    }
    String svg = given.getString("svg");
    for (Object sublabel : given.getList("sublabels")) {
      Label child = label((Document) sublabel, label.id, "any");
      label.sublabels.add(child);
      if (svg != null) {
        svg =
            svg.replace(
                "data-label-name=\"" + child.name + "\"", "data-label-id=\"" + child.id + "\"");
      }
    }
    label.svg = svg;
    return label;
  }

  private void addAttribute(Label label, Document spec) {
    String name = spec.getString("name", "");
    if (label.attributes.stream().anyMatch(a -> a.name().equals(name))) {
      throw ApiError.invalid("Duplicate attribute with name '" + name + "' exists");
    }
    List<String> values = new ArrayList<>();
    for (Object value : spec.getList("values")) {
      values.addAll(List.of(String.valueOf(value).split("\n", -1)));
    }
    if (values.isEmpty()) {
      values.add("");
    }
    label.attributes.add(
        new Attribute(
            state.nextId("attribute"),
            name,
            spec.getBoolean("mutable", false),
            spec.getString("input_type", ""),
            spec.getString("default_value", ""),
            values));
  }

  // --- the calls ------------------------------------------------------------------------------

  private Answer list(Call call) {
    List<Label> labels = new ArrayList<>();
    Owned owner = owner(call);
    List<Entity> found = new ArrayList<>();
    if (owner != null) {
      if (!State.mayUse(call.user(), owner) && !isWorker(call, owner)) {
        throw ApiError.forbidden();
      }
      labels.addAll(owner instanceof Task task ? task.effectiveLabels() : owner.labels);
      labels.forEach(l -> found.add(toEntity(l, owner)));
    }
    return Answer.ok(Lists.page(call, found));
  }

  private static boolean isWorker(Call call, Owned owner) {
    return owner instanceof Task task
        && task.jobs.stream().anyMatch(j -> j.assignee == call.user());
  }

  private @Nullable Owned owner(Call call) {
    if (call.query.get("task_id") instanceof String id) {
      return state.tasks.get(Integer.parseInt(id));
    }
    if (call.query.get("job_id") instanceof String id) {
      State.Job job = state.jobs.get(Integer.parseInt(id));
      return job == null ? null : job.task;
    }
    return call.query.get("project_id") instanceof String id
        ? state.projects.get(Integer.parseInt(id))
        : null;
  }

  private record Found(Owned owner, Label label) {}

  private Found find(Call call, int id) {
    List<Owned> owners = new ArrayList<>(state.projects.values());
    owners.addAll(state.tasks.values());
    for (Owned owner : owners) {
      for (Label label : owner.labels) {
        if (label.id == id) {
          if (!State.mayUse(call.user(), owner)) {
            throw ApiError.forbidden();
          }
          return new Found(owner, label);
        }
      }
    }
    throw ApiError.notFound();
  }

  private Answer get(Call call, int id) {
    Found found = find(call, id);
    return Answer.ok(toEntity(found.label(), found.owner()));
  }

  private Answer rename(Call call, int id) {
    Found found = find(call, id);
    found.label().name = call.object().getString("name", found.label().name);
    return Answer.ok(toEntity(found.label(), found.owner()));
  }

  private Answer delete(Call call, int id) {
    Found found = find(call, id);
    found.owner().labels.remove(found.label());
    return Answer.empty(204);
  }

  private static Entity toEntity(Label label, Owned owner) {
    Entity entity = basics(label);
    boolean ofProject =
        owner instanceof Project || owner instanceof Task task && task.project != null;
    if (!ofProject) {
      entity.put("task_id", owner.id);
    } else {
      Project project = owner instanceof Task task ? task.project : null;
      entity.put("project_id", project == null ? owner.id : project.id);
    }
    entity.put("parent_id", label.parent);
    entity.put("has_parent", false);
    if (label.svg != null) {
      entity.put("svg", label.svg);
    }
    return entity;
  }

  private static Entity basics(Label label) {
    List<Entity> attributes = new ArrayList<>();
    for (Attribute a : label.attributes) {
      attributes.add(
          Entity.of(
              "id",
              a.id(),
              "name",
              a.name(),
              "mutable",
              a.mutable(),
              "input_type",
              a.inputType(),
              "default_value",
              a.defaultValue(),
              "values",
              a.values()));
    }
    List<Entity> sublabels = new ArrayList<>();
    for (Label sublabel : label.sublabels) {
      Entity child = basics(sublabel);
      child.remove("sublabels");
      sublabels.add(child.and("has_parent", true));
    }
    return Entity.of(
        "id",
        label.id,
        "name",
        label.name,
        "color",
        label.color,
        "attributes",
        attributes,
        "type",
        label.type,
        "sublabels",
        sublabels);
  }
}
