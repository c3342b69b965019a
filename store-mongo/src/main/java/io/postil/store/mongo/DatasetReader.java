package io.postil.store.mongo;

import com.mongodb.client.MongoCursor;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.query.RowSource;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.jspecify.annotations.Nullable;

/**
 * Reads the samples and frames of a dataset as stored. Samples come in the order they were
 * inserted, which is the order the server keeps them in. Not thread-safe.
 */
final class DatasetReader implements RowSource {
  private static final int IDS = 500;
  private static final BsonDocument BY_NUMBER = new BsonDocument("frame_number", new BsonInt32(1));

  private final Connection connection;
  private final StateSource source;
  private final Document document;
  private final DatasetInfo info;
  private final SampleDocuments samples;
  private final SampleDocuments frames;

  DatasetReader(Connection connection, StateSource source, Document document) {
    this.connection = connection;
    this.source = source;
    this.document = document;
    this.info = DatasetDocuments.info(document);
    this.samples = new SampleDocuments(sampleCollection(), info);
    this.frames = new SampleDocuments(frameCollection(), info);
  }

  String sampleCollection() {
    return document.getString("sample_collection_name", "samples." + document.get("_id"));
  }

  String frameCollection() {
    return document.getString("frame_collection_name", "frames." + sampleCollection());
  }

  Document document() {
    return document;
  }

  StateSource source() {
    return source;
  }

  Connection connection() {
    return connection;
  }

  /** What pipelines need to know of this dataset. */
  ViewPipeline.Source pipelineSource() {
    boolean allSeen = source.hidden().isEmpty() && !connection.skipsInvalid();
    return new ViewPipeline.Source(info, allSeen ? sampleCollection() : null, frameCollection());
  }

  @Override
  public DatasetInfo info() {
    return info;
  }

  @Override
  public long count() {
    return source.reading().count(sampleCollection(), Change.all()) - source.hidden().size();
  }

  /** Fails if a stream that lost its cursor cannot tell what it gave. */
  static void requireKnown(SeenIds seen, DatasetInfo info) {
    if (seen.isFull()) {
      throw lost(info, "there are too many samples");
    }
  }

  /** The error of a stream that cannot go on. */
  static PostilException lost(DatasetInfo info, String why) {
    return new PostilException(
        ErrorCode.STORE_UNAVAILABLE,
        "the server lost the state of dataset "
            + info.name()
            + " while it was read; "
            + why
            + " to go on from there",
        "Repeat the command.");
  }

  /** Leaves out declared fields nobody asked for; whatever else a document has comes along. */
  static @Nullable BsonDocument projection(
      Projection wanted, Collection<FieldSpec> declared, String prefix) {
    BsonDocument projection = new BsonDocument();
    for (FieldSpec field : declared) {
      if (!wanted.includes(prefix + field.name())) {
        projection.append(field.name(), new BsonInt32(0));
      }
    }
    return projection.isEmpty() ? null : projection;
  }

  @Override
  public SampleCursor scan(Projection fields) {
    Scan scan = new Scan(fields);
    scan.start();
    return scan;
  }

  @Override
  public List<Sample> samples(Collection<ObjectId> ids, Projection fields) {
    return connection.run(
        () -> {
          Reading reading = source.readingOf(ids);
          BsonDocument projection = projection(fields, info.sampleFields(), "");
          List<ObjectId> wanted = new ArrayList<>(new LinkedHashSet<>(ids));
          List<Sample> found = new ArrayList<>(wanted.size());
          for (int from = 0; from < wanted.size(); from += IDS) {
            List<ObjectId> part = wanted.subList(from, Math.min(wanted.size(), from + IDS));
            Map<ObjectId, Sample> byId = new HashMap<>();
            BsonDocument filter =
                BsonValues.toBson(Document.of("_id", Document.of("$in", Values.list(part))));
            try (MongoCursor<Document> cursor =
                reading.find(
                    sampleCollection(), filter, projection, null, 0, samples.detections())) {
              while (cursor.hasNext()) {
                Sample sample = decode(cursor.next(), fields);
                if (sample != null) {
                  byId.put(sample.id(), sample);
                }
              }
            }
            for (ObjectId id : part) {
              Sample sample = byId.get(id);
              if (sample != null && !source.hidden().contains(id)) {
                found.add(sample);
              }
            }
          }
          return found;
        });
  }

  /** The first sample whose labels the server cannot go through, as an error; null if none. */
  @Nullable PostilException fault() {
    BsonDocument filter = SchemaFaults.filter(info.sampleFields());
    Document stored =
        filter == null ? null : new Reading(connection, null).first(sampleCollection(), filter);
    return stored == null ? null : SchemaFaults.of(sampleCollection(), stored, info.sampleFields());
  }

  private @Nullable Sample decode(Document stored, Projection fields) {
    try {
      Sample sample = samples.sample(stored);
      source.noteRead(sample, fields);
      return sample;
    } catch (PostilException e) {
      if (connection.skipsInvalid() && e.code() == ErrorCode.STORE_CORRUPT) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields) {
    return frames(sampleId, first, last, fields, () -> {});
  }

  /** As the other, with an action for the end. */
  Cursor<Frame> frames(
      ObjectId sampleId, int first, int last, Projection fields, Runnable onClose) {
    if (last < first || !DatasetDocuments.hasFrames(info) || source.hidden().contains(sampleId)) {
      onClose.run();
      return Cursor.of(List.of());
    }
    return new FrameScan(sampleId, first, last, fields, onClose);
  }

  /** Streams frames by their numbers. */
  private final class FrameScan extends ResumedCursor<Frame> {
    private final ObjectId sampleId;
    private final int last;
    private final @Nullable BsonDocument projection;
    private int next;

    FrameScan(ObjectId sampleId, int first, int last, Projection fields, Runnable onClose) {
      super(connection, source, onClose);
      this.sampleId = sampleId;
      this.next = first;
      this.last = last;
      this.projection = projection(fields, info.frameFields(), DatasetInfo.FRAMES);
    }

    @Override
    MongoCursor<Document> ask(Reading reading) {
      Document numbers = Document.of("$gte", next, "$lte", last);
      BsonDocument filter =
          BsonValues.toBson(Document.of("_sample_id", sampleId, "frame_number", numbers));
      return reading.find(
          frameCollection(), filter, projection, BY_NUMBER, 0, frames.frameDetections());
    }

    @Override
    Frame decode(Document stored) {
      Frame frame = frames.frame(stored);
      next = frame.number() + 1;
      return frame;
    }
  }

  /** Streams all samples. */
  private final class Scan extends SampleStream {
    private final @Nullable BsonDocument projection;

    Scan(Projection fields) {
      super(DatasetReader.this, fields);
      this.projection = projection(fields, info.sampleFields(), "");
    }

    @Override
    MongoCursor<Document> askAll(Reading reading) {
      return reading.find(
          sampleCollection(), Change.all(), projection, null, 0, samples.detections());
    }

    @Override
    @Nullable Sample sample(Document stored) {
      Sample sample = DatasetReader.this.decode(stored, fields);
      return sample == null || source.hidden().contains(sample.id()) ? null : sample;
    }
  }
}
