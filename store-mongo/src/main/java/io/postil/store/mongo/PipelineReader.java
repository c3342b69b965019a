package io.postil.store.mongo;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoCursor;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.query.DeclaredValues;
import io.postil.core.query.RowSource;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.query.ViewSchema;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/**
 * Reads the samples that a pipeline gives. As a source of rows it lets the evaluator of the core do
 * the rest. Not thread-safe.
 */
final class PipelineReader implements RowSource {
  /** Steps after which there are as many samples as before. */
  private static final Set<String> SHOWS = Set.of("$addFields", "$set", "$unset");

  private final DatasetReader reader;
  private final List<BsonDocument> steps;
  private final DatasetInfo info;
  private final List<FieldSpec> assigned;
  private final List<BsonDocument> frameSteps;
  private final boolean repeats;
  private final boolean clips;
  private final SampleDocuments samples;
  private final SampleDocuments frames;

  /**
   * What a pipeline gives.
   *
   * @param schema what its samples show; null if they are as they are stored
   */
  PipelineReader(
      DatasetReader reader, ViewPipeline.Compiled compiled, @Nullable ViewSchema schema) {
    this.reader = reader;
    this.steps = compiled.steps();
    this.frameSteps = compiled.frameSteps().stream().map(BsonValues::toBson).toList();
    this.repeats = compiled.repeats();
    this.clips = schema != null && schema.kind() == ViewSchema.Kind.CLIPS;
    DatasetInfo stored = reader.info();
    DatasetInfo shown = stored;
    if (schema != null) {
      List<FieldSpec> fields = new ArrayList<>(schema.sampleFields());
      if (stored.group() != null) {
        stored.field(stored.group().field()).ifPresent(fields::add);
      }
      shown = stored.withSampleFields(fields).withFrameFields(List.copyOf(schema.frameFields()));
    }
    this.info = shown;
    List<FieldSpec> fields = new ArrayList<>(shown.sampleFields());
    fields.add(FieldSpec.embedded("metadata", "Metadata"));
    this.assigned = fields.stream().filter(f -> compiled.assigned().contains(f.name())).toList();
    this.samples = new SampleDocuments(reader.sampleCollection(), info);
    this.frames = new SampleDocuments(reader.frameCollection(), info);
  }

  @Override
  public DatasetInfo info() {
    return info;
  }

  @Override
  public SampleCursor scan(Projection fields) {
    Scan scan = new Scan(fields);
    scan.start();
    return scan;
  }

  @Override
  public List<Sample> samples(Collection<ObjectId> ids, Projection fields) {
    return reader.samples(ids, fields);
  }

  @Override
  public Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields) {
    return reader.frames(sampleId, first, last, fields);
  }

  @Override
  public long count() {
    List<BsonDocument> pipeline = visible();
    // What only shows other values at the end changes no count.
    while (!pipeline.isEmpty() && SHOWS.contains(pipeline.get(pipeline.size() - 1).getFirstKey())) {
      pipeline.remove(pipeline.size() - 1);
    }
    pipeline.add(new BsonDocument("$count", new BsonString("n")));
    List<Document> counted = new ArrayList<>();
    forEachOf(pipeline, counted::add);
    return counted.isEmpty() ? 0 : counted.get(0).getLong("n", 0);
  }

  /** What further steps make of the samples. */
  List<Document> documents(List<BsonDocument> further) {
    List<Document> documents = new ArrayList<>();
    forEach(further, documents::add);
    return documents;
  }

  /** Calls the action with each document that further steps make of the samples. */
  void forEach(List<BsonDocument> further, Consumer<Document> action) {
    List<BsonDocument> pipeline = visible();
    pipeline.addAll(further);
    forEachOf(pipeline, action);
  }

  private void forEachOf(List<BsonDocument> pipeline, Consumer<Document> action) {
    run(
        () -> {
          try (MongoCursor<Document> cursor =
              reader.source().reading().aggregate(reader.sampleCollection(), pipeline)) {
            cursor.forEachRemaining(action);
          }
          return true;
        });
  }

  /** The steps on the samples that this change has not deleted, and that are to be seen. */
  private List<BsonDocument> visible() {
    List<BsonDocument> visible = new ArrayList<>();
    if (!reader.source().hidden().isEmpty()) {
      BsonArray hidden = new BsonArray();
      reader.source().hidden().forEach(id -> hidden.add(BsonValues.toBson((Object) id)));
      BsonDocument others = new BsonDocument("$nin", hidden);
      visible.add(new BsonDocument("$match", new BsonDocument("_id", others)));
    }
    BsonDocument faults =
        reader.connection().skipsInvalid()
            ? SchemaFaults.filter(reader.info().sampleFields())
            : null;
    if (faults != null) {
      BsonDocument none = new BsonDocument("$nor", new BsonArray(List.of(faults)));
      visible.add(new BsonDocument("$match", none));
    }
    visible.addAll(steps);
    return visible;
  }

  private <T> T run(Supplier<T> action) {
    return reader
        .connection()
        .run(
            () -> {
              try {
                return action.get();
              } catch (MongoCommandException e) {
                if (Errors.isLostCursor(e)) {
                  throw e;
                }
                PostilException known = Errors.evaluation(e, reader.connection().servers());
                PostilException fault =
                    known.code() == ErrorCode.EVALUATION_FAILED ? reader.fault() : null;
                throw fault == null ? known : fault;
              }
            });
  }

  private static int frame(@Nullable Object number) {
    return number instanceof Number n ? n.intValue() : 0;
  }

  private static BsonDocument unset(BsonDocument left) {
    BsonArray names = new BsonArray();
    left.keySet().forEach(name -> names.add(new BsonString(name)));
    return new BsonDocument("$unset", names);
  }

  private final class Scan extends SampleStream {
    private final List<BsonDocument> pipeline;

    Scan(Projection fields) {
      super(reader, fields);
      pipeline = visible();
      BsonDocument left = DatasetReader.projection(fields, info.sampleFields(), "");
      if (clips && left != null) {
        // It says which frames are the clip's.
        left.remove("support");
      }
      if (left != null && !left.isEmpty()) {
        pipeline.add(unset(left));
      }
    }

    @Override
    <R> R run(Supplier<R> call) {
      return PipelineReader.this.run(call);
    }

    @Override
    MongoCursor<Document> askAll(Reading reading) {
      return reading.aggregate(reader.sampleCollection(), pipeline);
    }

    /** With assigned values in the types that their fields declare. */
    private Document declared(Document stored) {
      Document shown = stored;
      for (FieldSpec field : assigned) {
        Object value = shown.get(field.name());
        if (value != null) {
          shown = shown.with(field.name(), DeclaredValues.fit(field, value));
        }
      }
      return shown;
    }

    @Override
    boolean mayRepeat() {
      return repeats;
    }

    @Override
    Cursor<Frame> frames(Sample sample) {
      if (clips && sample.fields().get("support") instanceof List<?> range) {
        ObjectId of = ViewEvaluator.storedSample(sample);
        return reader.frames(of, frame(range.get(0)), frame(range.get(1)), fields);
      }
      return frameSteps.isEmpty()
          ? super.frames(sample)
          : new ChosenFrames(reader, sample.id(), fields);
    }

    @Override
    @Nullable Sample sample(Document stored) {
      try {
        // A label without an id, shown as a sample, gets one of its own as everywhere.
        Document shown = declared(stored);
        return samples.sample(shown.contains("_id") ? shown : shown.with("_id", ObjectId.create()));
      } catch (PostilException e) {
        if (reader.connection().skipsInvalid() && e.code() == ErrorCode.STORE_CORRUPT) {
          return null;
        }
        throw e;
      }
    }
  }

  /** Streams the frames of a video that the view leaves, by their numbers. */
  private final class ChosenFrames extends ResumedCursor<Frame> {
    private final ObjectId sampleId;
    private final List<BsonDocument> further = new ArrayList<>(frameSteps);
    private int next;

    ChosenFrames(DatasetReader reader, ObjectId sampleId, Projection fields) {
      super(reader.connection(), reader.source(), () -> {});
      this.sampleId = sampleId;
      BsonDocument left = DatasetReader.projection(fields, info.frameFields(), DatasetInfo.FRAMES);
      if (left != null) {
        further.add(unset(left));
      }
    }

    @Override
    <R> R run(Supplier<R> call) {
      return PipelineReader.this.run(call);
    }

    @Override
    MongoCursor<Document> ask(Reading reading) {
      Document own = Document.of("_sample_id", sampleId, "frame_number", Document.of("$gte", next));
      List<BsonDocument> pipeline = new ArrayList<>();
      pipeline.add(BsonValues.toBson(Document.of("$match", own)));
      pipeline.add(BsonValues.toBson(Document.of("$sort", Document.of("frame_number", 1))));
      pipeline.addAll(further);
      return reading.aggregate(reader.frameCollection(), pipeline);
    }

    @Override
    Frame decode(Document stored) {
      Frame frame = frames.frame(stored);
      next = frame.number() + 1;
      return frame;
    }
  }
}
