package io.postil.engine.annotation;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code annotate} is asked to do, by the names of FiftyOne's parameters. Nothing is checked
 * before {@code annotate} or {@code plan}, which report all that is wrong at once. Immutable.
 *
 * <p>Parameters: {@code label_schema}, {@code label_field}, {@code label_type}, {@code classes},
 * {@code attributes}, {@code mask_targets}, {@code allow_additions}, {@code allow_deletions},
 * {@code allow_label_edits}, {@code allow_index_edits}, {@code allow_spatial_edits}, {@code
 * media_field}, {@code backend}; any other one is a parameter of the backend.
 *
 * @param arguments the parameters given
 */
public record AnnotationRequest(Document arguments) {
  /** The names of the parameters that are not the backend's. */
  public static final List<String> NAMES =
      List.of(
          "label_schema",
          "label_field",
          "label_type",
          "classes",
          "attributes",
          "mask_targets",
          "allow_additions",
          "allow_deletions",
          "allow_label_edits",
          "allow_index_edits",
          "allow_spatial_edits",
          "media_field",
          "backend",
          "launch_editor");

  /** A request that leaves everything open. */
  public static AnnotationRequest create() {
    return new AnnotationRequest(Document.empty());
  }

  /** A request for one field. */
  public static AnnotationRequest ofField(String labelField) {
    return create().with("label_field", labelField);
  }

  /** This request with a parameter set. */
  public AnnotationRequest with(String name, @Nullable Object value) {
    return new AnnotationRequest(arguments.with(name, value));
  }

  /** This request for a label type, such as {@code detections}; needed for new fields. */
  public AnnotationRequest labelType(String type) {
    return with("label_type", type);
  }

  /** This request with the classes to choose from. */
  public AnnotationRequest classes(String... classes) {
    return with("classes", Values.list(List.of(classes)));
  }

  /** This request with attributes: by name their {@code type}, {@code values}, {@code default}. */
  public AnnotationRequest attributes(Map<String, Document> attributes) {
    return with("attributes", Document.of(new LinkedHashMap<>(attributes)));
  }

  /** This request without any attribute. */
  public AnnotationRequest noAttributes() {
    return with("attributes", false);
  }

  /** This request for a backend of the configuration. */
  public AnnotationRequest backend(String name) {
    return with("backend", name);
  }

  /** The backend asked for, or null for the default one. */
  public @Nullable String backend() {
    return arguments.getString("backend");
  }

  /** The field with the path of the media to send. */
  public String mediaField() {
    return arguments.getString("media_field", "filepath");
  }

  /** The parameters that are the backend's. */
  public Document backendParameters() {
    Document.Builder out = Document.builder();
    arguments.forEach(
        (name, value) -> {
          if (!NAMES.contains(name)) {
            out.put(name, value);
          }
        });
    return out.build();
  }
}
