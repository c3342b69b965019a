package io.postil.backends.labelstudio;

import com.fasterxml.jackson.core.JsonGenerator;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Boxes of objects through the frames of a video: one region for each track, with key frames. The
 * editor has class and attributes once for a track; where nobody changes them there, the labels of
 * the frames keep their own. A video may be of any length, so its boxes do not go by {@link
 * #encode} and {@link #decode}, but by {@link VideoRows} and {@link VideoAnswer}, frame by frame.
 * Immutable.
 */
final class VideoControl extends FieldControl {
  private static final String TYPE = "videorectangle";

  private final Attributes attributes;
  private final boolean rotates;

  VideoControl(FieldSchema field, Names names) {
    super(field, names);
    this.rotates = RectangleControl.rotates(field);
    this.attributes =
        new Attributes(field, names, Set.of(RectangleControl.ROTATION, SingleLabel.KEYFRAME));
  }

  Attributes attributes() {
    return attributes;
  }

  /** The names of the attributes that are shown for a track. */
  List<String> attributeNames() {
    return attributes.controls().stream().map(c -> c.attribute().name()).toList();
  }

  boolean rotates() {
    return rotates;
  }

  /**
   * Whether only labels marked as key frames are sent, besides the ends of each stretch; else all
   * are.
   */
  boolean sendsOnlyKeyFrames() {
    return Boolean.TRUE.equals(field.onlyKeyframes());
  }

  /** The name of the control that draws; {@link #name} is the one with the classes. */
  String boxes() {
    return names.of(field.field() + ".box");
  }

  @Override
  String tag() {
    return "VideoRectangle";
  }

  @Override
  void writeAbove(ConfigXml xml) {
    xml.open("Labels", "name", name(), "toName", names.object());
    field.classNames().forEach(c -> xml.tag("Label", "value", c));
    xml.close();
  }

  @Override
  void writeBelow(ConfigXml xml) {
    xml.tag(tag(), "name", boxes(), "toName", names.object());
    attributes.write(xml, name());
  }

  @Override
  void encode(ItemMedia media, List<Content> content, Consumer<Region> out) {}

  @Override
  void decode(Answer answer, AnswerSink sink) {}

  // --- for frames -----------------------------------------------------------------------------

  /** The id of the region of a track with a number. */
  String trackId(int index) {
    return Region.derived(field.field() + "/" + index).toString();
  }

  /** A label as the editor shows it; null if it has no area in the picture. */
  @Nullable Document box(Detection label, ItemMedia media) {
    return RectangleControl.part(label, rotates, media);
  }

  /** Writes the rows of a track. */
  void write(JsonGenerator out, ItemMedia media, BaseTrack track, Iterator<KeyFrame> keys)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("id", track.id());
    out.writeStringField("from_name", boxes());
    out.writeStringField("to_name", names.object());
    out.writeStringField("type", TYPE);
    out.writeObjectFieldStart("value");
    if (media.frames() > 0) {
      out.writeNumberField("framesCount", media.frames());
      if (media.frameRate() > 0) {
        out.writeNumberField("duration", media.frames() / media.frameRate());
      }
    }
    out.writeArrayFieldStart("sequence");
    while (keys.hasNext()) {
      write(out, media, keys.next());
    }
    out.writeEndArray();
    out.writeArrayFieldStart("labels");
    if (track.className() != null) {
      out.writeString(track.className());
    }
    out.writeEndArray();
    out.writeEndObject();
    if (isFixed()) {
      out.writeBooleanField("readonly", true);
    }
    out.writeEndObject();
    List<Region> rows = new ArrayList<>();
    Region region =
        new Region(track.id(), boxes(), names.object(), TYPE, Document.empty(), 0, 0, isFixed());
    attributes.encode(track.typical(), region, Document.empty(), rows::add);
    for (Region row : rows) {
      Json.writeValue(out, row.toDocument());
    }
  }

  private static void write(JsonGenerator out, ItemMedia media, KeyFrame key) throws IOException {
    out.writeStartObject();
    out.writeNumberField("frame", key.frame());
    out.writeBooleanField("enabled", key.enabled());
    for (String name : KeyFrame.ENTRIES) {
      out.writeNumberField(name, Percent.number(key.box(), name));
    }
    if (media.frameRate() > 0) {
      out.writeNumberField("time", key.frame() / media.frameRate());
    }
    out.writeEndObject();
  }
}
