package io.postil.backends.labelstudio;

import io.postil.backends.masks.MaskFiles;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The labelling interface of a run: one control for each field. Immutable. */
final class Controls {
  private final MediaType mediaType;
  private final Names names;
  private final List<FieldControl> controls = new ArrayList<>();

  /**
   * The controls for a schema.
   *
   * @param scalarTypes the types of scalar fields that the dataset has
   */
  Controls(
      LabelSchema schema, MediaType mediaType, Map<String, FieldType> scalarTypes, Names names) {
    this.mediaType = mediaType;
    this.names = names;
    for (FieldSchema field : schema.fields()) {
      controls.add(control(field, scalarTypes.get(field.field())));
    }
  }

  private FieldControl control(FieldSchema field, @Nullable FieldType scalarType) {
    LabelType type = field.type();
    if (type == null) {
      throw new IllegalArgumentException("a field without a type: " + field.field());
    }
    return switch (type) {
      case CLASSIFICATION -> new ChoicesControl(field, names, false);
      case CLASSIFICATIONS -> new ChoicesControl(field, names, true);
      case DETECTION, DETECTIONS ->
          mediaType == MediaType.VIDEO
              ? new VideoControl(field, names)
              : new RectangleControl(field, names);
      case INSTANCE, INSTANCES -> new BrushControl(field, names);
      case SEGMENTATION -> new SegmentationControl(field, names);
      case POLYGON, POLYGONS -> new PolygonControl(field, names, false);
      case POLYLINE, POLYLINES -> new PolygonControl(field, names, true);
      case KEYPOINT, KEYPOINTS -> new KeypointControl(field, names);
      case SCALAR -> new ScalarControl(field, names, ScalarControl.Form.of(field, scalarType));
    };
  }

  /** What of a schema there is no control for. */
  static List<Problem> problems(LabelSchema schema, MediaType mediaType) {
    List<Problem> problems = new ArrayList<>();
    if (mediaType != MediaType.VIDEO) {
      return problems;
    }
    for (FieldSchema field : schema.fields()) {
      boolean boxes = field.type() != null && field.type().isBoxes();
      if (field.isFrameField() && !boxes) {
        problems.add(
            new Problem(
                ErrorCode.UNSUPPORTED_LABEL_TYPE,
                "Label Studio has no "
                    + (field.type() == null ? "such labels" : field.type().id())
                    + " in the frames of videos, asked for '"
                    + field.field()
                    + "'",
                "Annotate the frames as images (to_frames), or boxes as detections."));
      }
    }
    return problems;
  }

  List<FieldControl> all() {
    return controls;
  }

  /** Those for boxes in the frames of a video. */
  List<VideoControl> ofFrames() {
    List<VideoControl> found = new ArrayList<>();
    for (FieldControl control : controls) {
      if (control instanceof VideoControl video) {
        found.add(video);
      }
    }
    return found;
  }

  /** Whether there is a control that older servers lack. */
  boolean needVectors() {
    return controls.stream().anyMatch(c -> c.tag().equals("VectorLabels"));
  }

  Names names() {
    return names;
  }

  /** The labelling configuration. */
  String config() {
    ConfigXml xml = new ConfigXml();
    xml.open("View");
    boolean several = controls.size() > 1;
    for (FieldControl control : controls) {
      control.writeAbove(xml);
    }
    if (mediaType == MediaType.VIDEO) {
      xml.tag(
          "Video",
          "name",
          names.object(),
          "value",
          "$" + names.dataKey(),
          "framerate",
          "$frame_rate");
    } else {
      xml.tag("Image", "name", names.object(), "value", "$" + names.dataKey(), "zoom", "true");
    }
    for (FieldControl control : controls) {
      if (several && (control instanceof ChoicesControl || control instanceof ScalarControl)) {
        xml.tag("Header", "value", control.field.field(), "size", "5");
      }
      control.writeBelow(xml);
    }
    return xml.close().toString();
  }

  /** The content of an item with the masks of files in memory, where they are shown. */
  List<Content> withMasks(List<Content> content) {
    List<Content> result = new ArrayList<>();
    for (Content of : content) {
      FieldControl control = control(of.field());
      result.add(
          control == null || of.labels().stream().allMatch(l -> MaskFiles.of(l) == null)
              ? of
              : new Content(
                  of.frameNumber(),
                  of.field(),
                  of.kind(),
                  of.labels().stream().map(control::withMask).toList(),
                  of.scalar()));
    }
    return result;
  }

  /** The fields whose masks are shown. */
  Set<String> fieldsWithMasks() {
    Set<String> fields = new HashSet<>();
    for (FieldControl control : controls) {
      if (control instanceof BrushControl || control instanceof SegmentationControl) {
        fields.add(control.field.field());
      }
    }
    return fields;
  }

  private @Nullable FieldControl control(String field) {
    for (FieldControl control : controls) {
      if (control.field.field().equals(field)) {
        return control;
      }
    }
    return null;
  }

  /** All regions of an item; of a video those of the video itself. */
  List<Document> encode(ItemMedia media, List<Content> content) {
    List<Document> rows = new ArrayList<>();
    for (FieldControl control : controls) {
      control.encode(media, content, region -> rows.add(region.toDocument()));
    }
    return rows;
  }
}
