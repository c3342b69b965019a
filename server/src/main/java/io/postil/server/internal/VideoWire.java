package io.postil.server.internal;

import io.postil.backends.local.SentTrack;
import io.postil.backends.local.VideoChanges;
import io.postil.backends.local.VideoEdit;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.server.AnnotationService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tracks of videos, and what people changed in their frames, as JSON and back. Stateless. */
final class VideoWire {
  private VideoWire() {}

  static Document track(SentTrack track) {
    return Document.builder()
        .append("id", track.id().toString())
        .append("field", track.field())
        .append("index", track.index())
        .putIfPresent("label", track.label())
        .append("spans", Values.list(track.spans()))
        .append("keys", Values.list(track.keys()))
        .build();
  }

  static Document frame(AnnotationService.TaskFrame frame) {
    return Document.builder()
        .append("number", frame.number())
        .append("labels", RunWire.labels(frame.labels(), 0))
        .append("values", ScalarWire.values(frame.values()))
        .build();
  }

  static Document edit(VideoEdit edit) {
    Document.Builder out =
        Document.builder()
            .append("id", edit.id())
            .append("form", edit.form().id())
            .append("field", edit.field())
            .append("first", edit.first())
            .append("last", edit.last());
    ObjectId track = edit.track();
    ObjectId source = edit.source();
    out.putIfPresent("track", track == null ? null : track.toString());
    out.putIfPresent("label", label(edit.label()));
    if (edit.towardFrame() > 0) {
      out.put("towardFrame", edit.towardFrame());
      out.put("toward", label(edit.toward()));
    }
    return out.putIfPresent("source", source == null ? null : source.toString())
        .putIfPresent("value", edit.value())
        .build();
  }

  private static @Nullable Document label(@Nullable SingleLabel label) {
    return label == null ? null : LabelWire.single(label, MaskForm.NONE);
  }

  /** Changes that the App sent; none if it sent none. */
  static VideoChanges changes(Document sent) {
    List<VideoEdit> put = new ArrayList<>();
    for (Object element : sent.getList("put")) {
      if (!(element instanceof Document edit)) {
        throw invalid("an edit is an object", null);
      }
      put.add(edit(edit));
    }
    return new VideoChanges(put, RunWire.texts(sent.getList("removed")));
  }

  private static VideoEdit edit(Document sent) {
    String id = sent.getString("id", "");
    String form = sent.getString("form", "");
    VideoEdit.Form known = VideoEdit.Form.ofId(form);
    if (known == null) {
      throw invalid("edit '" + id + "' has the form '" + form + "', which there is not", null);
    }
    String field = sent.getString("field", "");
    try {
      return new VideoEdit(
          id,
          known,
          field,
          objectId(sent.getString("track")),
          frame(sent, "first"),
          frame(sent, "last"),
          read(field, sent.get("label")),
          frame(sent, "towardFrame"),
          read(field, sent.get("toward")),
          objectId(sent.getString("source")),
          sent.get("value"));
    } catch (IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()), e);
    }
  }

  private static int frame(Document sent, String name) {
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.max(0, sent.getLong(name, 0))));
  }

  private static @Nullable ObjectId objectId(@Nullable String text) {
    return text == null ? null : ObjectId.of(text);
  }

  private static @Nullable SingleLabel read(String field, @Nullable Object sent) {
    // An attribute that is null is taken away, see VideoEdit.
    return sent instanceof Document label
        ? LabelWire.read(field, label).withAttributes(label.getDocument("attributes"))
        : null;
  }

  private static PostilException invalid(String what, @Nullable Throwable cause) {
    return new PostilException(
        ErrorCode.INVALID_REQUEST,
        "the work on the video cannot be read: " + what,
        "Reload the page; if it happens again, it is a fault of the editor.",
        cause);
  }
}
