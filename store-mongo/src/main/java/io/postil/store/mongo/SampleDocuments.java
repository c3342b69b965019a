package io.postil.store.mongo;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Samples and frames as FiftyOne stores them, and back. A value that does not fit its field rides
 * along; a document that is no sample at all is an error that names its collection and id.
 */
final class SampleDocuments {
  private static final Set<String> OWN = Set.of("_id", "filepath", "tags", "metadata");
  private static final Set<String> FRAME_OWN = Set.of("_id", "frame_number", "_sample_id");

  private static final String NO_TAGS = "its tags are no list of texts";

  private final String collection;
  private final ObjectId datasetId;
  private final Map<String, FieldSpec> fields = new LinkedHashMap<>();
  private final Map<String, FieldSpec> frameFields = new LinkedHashMap<>();

  SampleDocuments(String collection, DatasetInfo info) {
    this(collection, info.id(), info.sampleFields(), info.frameFields());
  }

  /** For what a view shows. */
  SampleDocuments(
      String collection,
      ObjectId datasetId,
      Collection<FieldSpec> sampleFields,
      Collection<FieldSpec> frameFields) {
    this.collection = collection;
    this.datasetId = datasetId;
    sampleFields.forEach(f -> fields.put(f.name(), f));
    frameFields.forEach(f -> this.frameFields.put(f.name(), f));
  }

  /** The fields of samples that are lists of detections. */
  Set<String> detections() {
    return detections(fields);
  }

  /** The fields of frames that are lists of detections. */
  Set<String> frameDetections() {
    return detections(frameFields);
  }

  private static Set<String> detections(Map<String, FieldSpec> fields) {
    Set<String> names = new HashSet<>();
    fields.forEach(
        (name, field) -> {
          if (FieldDocuments.holdsLabels(field) && "Detections".equals(field.documentClass())) {
            names.add(name);
          }
        });
    return names;
  }

  // --- reading ----------------------------------------------------------------------------------

  Sample sample(Document document) {
    if (!(document.get("_id") instanceof ObjectId id)) {
      throw invalid(document, "its _id is no ObjectId");
    }
    if (!(document.get("filepath") instanceof String filepath)) {
      throw invalid(document, "it has no filepath");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    Document.Builder system = Document.builder();
    for (int i = 0; i < document.size(); i++) {
      String name = document.nameAt(i);
      Object value = document.valueAt(i);
      FieldSpec field = fields.get(name);
      if (field != null) {
        put(values, field, value);
      } else if (!OWN.contains(name) && !name.equals("_dataset_id") && value != null) {
        system.append(name, value);
      }
    }
    return new Sample(
        id,
        filepath,
        tags(document),
        document.get("metadata", Document.class),
        values,
        system.build());
  }

  private List<String> tags(Document document) {
    Object tags = document.get("tags");
    if (tags == null) {
      return List.of();
    }
    if (!(tags instanceof List<?> list)) {
      throw invalid(document, NO_TAGS);
    }
    List<String> texts = new ArrayList<>(list.size());
    for (Object tag : list) {
      if (!(tag instanceof String text)) {
        throw invalid(document, NO_TAGS);
      }
      texts.add(text);
    }
    return texts;
  }

  Frame frame(Document document) {
    if (!(document.get("_id") instanceof ObjectId id)
        || !(document.get("_sample_id") instanceof ObjectId sampleId)
        || !(document.get("frame_number") instanceof Number number)) {
      throw invalid(document, "it has no _id, _sample_id or frame_number");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    Document.Builder system = Document.builder();
    for (int i = 0; i < document.size(); i++) {
      String name = document.nameAt(i);
      Object value = document.valueAt(i);
      FieldSpec field = frameFields.get(name);
      if (field != null) {
        put(values, field, value);
      } else if (!FRAME_OWN.contains(name) && value != null) {
        system.append(name, value);
      }
    }
    return new Frame(id, sampleId, number.intValue(), values, system.build());
  }

  private static void put(Map<String, Object> values, FieldSpec field, @Nullable Object value) {
    if (value != null) {
      values.put(field.name(), value(field, value));
    }
  }

  /** A stored value of a field as Postil holds it. */
  static Object value(FieldSpec field, Object stored) {
    return stored instanceof Document d && FieldDocuments.holdsLabels(field)
        ? LabelDocuments.fromDocument(d, String.valueOf(field.documentClass()))
        : stored;
  }

  private PostilException invalid(Document document, String why) {
    return new PostilException(
        ErrorCode.STORE_CORRUPT,
        "the document "
            + document.get("_id")
            + " of collection "
            + collection
            + " cannot be read: "
            + why,
        "Correct or delete that document, or leave such documents out with the option"
            + " invalidDocuments=skip of the database address.");
  }

  // --- writing ----------------------------------------------------------------------------------

  /** The document of a sample, complete with what FiftyOne keeps in each. */
  Document toDocument(Sample sample, @Nullable MediaType mediaType, Instant now) {
    Document system = sample.system();
    Document.Builder out = Document.builder();
    out.append("_id", sample.id())
        .append("filepath", sample.filepath())
        .append("tags", Values.list(sample.tags()));
    if (sample.metadata() != null) {
      out.append("metadata", sample.metadata());
    }
    Object media = system.get("_media_type");
    if (media == null && mediaType != null && mediaType != MediaType.UNKNOWN) {
      media = mediaType.id();
    }
    if (media != null) {
      out.append("_media_type", media);
    }
    Object random = system.get("_rand");
    out.append(
        "_rand",
        random != null ? random : 0.999 + 0.001 * ThreadLocalRandom.current().nextDouble());
    sample.fields().forEach((name, value) -> out.put(name, stored(value)));
    system.forEach(out::put);
    out.put("_dataset_id", datasetId);
    stamp(out, now);
    return out.build();
  }

  Document toDocument(Frame frame, Instant now) {
    Document.Builder out = Document.builder();
    out.append("_id", frame.id()).append("frame_number", frame.number());
    frame.fields().forEach((name, value) -> out.put(name, stored(value)));
    frame.system().forEach(out::put);
    out.put("_sample_id", frame.sampleId()).put("_dataset_id", datasetId);
    stamp(out, now);
    return out.build();
  }

  private static void stamp(Document.Builder out, Instant now) {
    for (String name : List.of("created_at", "last_modified_at")) {
      if (!out.contains(name)) {
        out.append(name, now);
      }
    }
  }

  /** A value as it is stored. */
  static Object stored(Object value) {
    return value instanceof Label label ? LabelDocuments.toDocument(label) : value;
  }
}
