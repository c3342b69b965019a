package io.postil.backends.labelstudio;

import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.Restriction;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The control for one field: its tags, and its labels as regions and back. Immutable. */
abstract class FieldControl {
  /**
   * What came back for one item.
   *
   * @param item the item
   * @param media what is known of its media
   * @param base what the server was known to hold, of all fields
   * @param rows all rows of the result
   * @param masks of regions that were sent from files: their ids, and the digests of their masks
   */
  record Answer(
      ObjectId item, ItemMedia media, List<Content> base, List<Region> rows, Document masks) {
    /** The rows of a control; of several with one id the last, as the editor has it. */
    List<Region> rowsOf(String control) {
      Map<String, Region> byId = new LinkedHashMap<>();
      for (Region row : rows) {
        if (row.fromName().equals(control)) {
          byId.put(row.id(), row);
        }
      }
      return List.copyOf(byId.values());
    }
  }

  final FieldSchema field;
  final Names names;

  FieldControl(FieldSchema field, Names names) {
    this.field = field;
    this.names = names;
  }

  /** The name of the control that draws or chooses. */
  String name() {
    return names.of(field.field());
  }

  /** The tag of that control. */
  abstract String tag();

  /** Writes what belongs above the media. */
  abstract void writeAbove(ConfigXml xml);

  /** Writes what belongs below the media. */
  void writeBelow(ConfigXml xml) {}

  /**
   * A label with its mask in memory, where the control shows masks and the label keeps it in a
   * file.
   */
  SingleLabel withMask(SingleLabel label) {
    return label;
  }

  /** Turns labels into regions; masks that are only in files are not looked at. */
  abstract void encode(ItemMedia media, List<Content> content, Consumer<Region> out);

  /** Tells the labels of an answer. */
  abstract void decode(Answer answer, AnswerSink sink);

  /** The labels of this field that belong to the item itself. */
  List<SingleLabel> labels(List<Content> content) {
    List<SingleLabel> labels = new ArrayList<>();
    for (Content of : content) {
      if (of.field().equals(field.field()) && of.frameNumber() == 0) {
        labels.addAll(of.labels());
      }
    }
    return labels;
  }

  /** A class as the schema writes it: the editor drops spaces at the ends. */
  @Nullable String className(@Nullable String shown) {
    if (shown == null) {
      return null;
    }
    List<String> classes = field.classNames();
    if (classes.contains(shown)) {
      return shown;
    }
    return classes.stream().filter(c -> c.strip().equals(shown.strip())).findFirst().orElse(shown);
  }

  /** Whether annotators may change nothing of a label, so that the editor can hold it fast. */
  boolean isFixed() {
    return field.attributes().isEmpty()
        && field.classes().stream().allMatch(c -> c.attributes().isEmpty())
        && !field.allows(Restriction.DELETIONS)
        && (!field.kind().hasClassName() || !field.allows(Restriction.LABEL_EDITS))
        && (!field.kind().isSpatial() || !field.allows(Restriction.SPATIAL_EDITS));
  }
}
