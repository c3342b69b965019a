package io.postil.backends.labelstudio;

import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.dataset.FieldType;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A value of the whole image or video: a number, a text, a boolean or one of several. Immutable.
 */
final class ScalarControl extends FieldControl {
  /** What is shown. */
  enum Form {
    NUMBER,
    TEXT,
    BOOLEAN,
    CHOICES;

    /**
     * The form for a field: by the type the dataset has, or for a new field by its classes, else a
     * number as in FiftyOne.
     */
    static Form of(FieldSchema field, @Nullable FieldType type) {
      if (!field.classNames().isEmpty() && (type == null || type == FieldType.STRING)) {
        return CHOICES;
      }
      if (type == FieldType.STRING) {
        return TEXT;
      }
      return type == FieldType.BOOLEAN ? BOOLEAN : NUMBER;
    }
  }

  private final Form form;
  private final AttributeControl value;

  ScalarControl(FieldSchema field, Names names, Form form) {
    super(field, names);
    this.form = form;
    Document spec =
        switch (form) {
          case NUMBER -> Document.of("type", "number");
          case TEXT -> Document.of("type", "text");
          case BOOLEAN -> Document.of("type", "checkbox");
          case CHOICES -> Document.of("type", "radio", "values", Values.list(field.classNames()));
        };
    this.value = new AttributeControl(name(), new AttributeSchema(field.field(), spec), List.of());
  }

  @Override
  String tag() {
    return switch (form) {
      case NUMBER -> "Number";
      case TEXT -> "TextArea";
      case BOOLEAN, CHOICES -> "Choices";
    };
  }

  @Override
  void writeAbove(ConfigXml xml) {}

  @Override
  void writeBelow(ConfigXml xml) {
    switch (form) {
      case NUMBER -> xml.tag(tag(), "name", name(), "toName", names.object());
      case TEXT ->
          xml.tag(
              tag(),
              "name",
              name(),
              "toName",
              names.object(),
              "maxSubmissions",
              "1",
              "editable",
              "true");
      case BOOLEAN, CHOICES -> {
        xml.open(tag(), "name", name(), "toName", names.object(), "choice", "single-radio");
        for (String choice : form == Form.BOOLEAN ? List.of("true", "false") : field.classNames()) {
          xml.tag("Choice", "value", choice);
        }
        xml.close();
      }
    }
  }

  private @Nullable Object scalar(List<Content> content) {
    for (Content of : content) {
      if (of.field().equals(field.field()) && of.frameNumber() == 0) {
        return of.scalar();
      }
    }
    return null;
  }

  @Override
  void encode(ItemMedia media, List<Content> content, Consumer<Region> out) {
    Document entry = value.encode(scalar(content));
    if (entry != null) {
      out.accept(
          new Region(
              Region.derived(name()).toString(),
              name(),
              names.object(),
              value.type(),
              entry,
              media.width(),
              media.height(),
              isFixed()));
    }
  }

  @Override
  void decode(Answer answer, AnswerSink sink) {
    List<Region> rows = answer.rowsOf(name());
    Document row = rows.isEmpty() ? null : rows.get(rows.size() - 1).value();
    Object now = value.decode(row, scalar(answer.base()), false);
    if (now != null) {
      sink.scalar(answer.item(), 0, field.field(), now);
    }
  }
}
