package io.postil.engine.annotation;

import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.UploadItem;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.query.ViewSchema;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends a view to a backend, batch by batch. Before a batch is sent, its items and the base are
 * stored; after it was taken, the backend's state. So a run that was interrupted goes on where it
 * stood. Not thread-safe; for one upload.
 */
final class Uploader {
  /** Side records of frames that are held until they are stored. */
  private static final int MOST_RECORDS = 1000;

  private final StoredDataset dataset;
  private final ViewDefinition view;
  private final ViewSchema.Kind kind;
  private final AnnotationBackend backend;
  private final RunContext context;
  private final StoredMemory memory;
  private final LabelSchema schema;
  private final String mediaField;

  /** Whether the items are whole samples. */
  private final boolean ofSamples;

  /** Whether labels of frames are sent. */
  private final boolean sendsFrames;

  private RunRecord run;
  private final List<UploadItem> items = new ArrayList<>();
  private final List<SideRecord> records = new ArrayList<>();
  private final Set<ObjectId> known = new HashSet<>();

  /** Items of which something is stored, or about to be, and which the backend has not taken. */
  private final Set<ObjectId> pending;

  private boolean pendingChanged;
  private int batch;
  private long samples;
  private long labels;

  /** How many of the labels are in batches that were sent. */
  private long sentLabels;

  /** By field, the classes whose labels are sent. */
  private final Map<String, Set<String>> classes = new HashMap<>();

  Uploader(
      StoredDataset dataset,
      ViewDefinition view,
      ViewSchema.Kind kind,
      AnnotationBackend backend,
      RunContext context,
      StoredMemory memory,
      RunRecord run) {
    this.dataset = dataset;
    this.view = view;
    this.kind = kind;
    this.backend = backend;
    this.memory = memory;
    this.context =
        new RunContext(
            context.id(),
            context.dataset(),
            context.key(),
            context.mediaType(),
            context.schema(),
            context.scalarTypes(),
            context.progress(),
            context.base(),
            memory,
            this::checkpoint);
    this.schema = context.schema();
    schema.fields().forEach(f -> classes.put(f.field(), new HashSet<>(f.classNames())));
    this.sendsFrames = schema.fields().stream().anyMatch(f -> f.existing() && f.isFrameField());
    this.run = run;
    this.ofSamples = RunData.isOfSamples(run);
    this.mediaField = run.config().getString("media_field", "filepath");
    this.batch = (int) run.state().getLong("batches", 0);
    this.samples = run.state().getLong("samples", 0);
    this.labels = run.state().getLong("labels", 0);
    this.sentLabels = labels;
    this.pending = batch == 0 ? new LinkedHashSet<>() : RunData.pending(dataset, run.id());
  }

  /** The run as it was last stored. */
  RunRecord run() {
    return run;
  }

  /** Sends what has not been sent. */
  RunRecord upload() {
    Document state = run.state().getDocument("backend");
    if (!run.state().getBoolean("prepared", false)) {
      save(run.state().with("state", RunState.UPLOADING.id()));
      state = backend.prepare(context, state);
      save(run.state().with("prepared", true).with("backend", state));
    }
    Set<ObjectId> sent = batch > 0 ? alreadySent() : Set.of();
    long total = dataset.count(view);
    try (SampleCursor cursor = dataset.read(view, new Projection(projection()))) {
      while (cursor.hasNext()) {
        Sample sample = cursor.next();
        if (!sent.contains(sample.id()) && known.add(sample.id())) {
          add(sample, cursor);
        }
        if (items.size() >= backend.capabilities().batchSamples()
            || labels - sentLabels >= RunData.MOST_LABELS) {
          state = flush(state);
          context.progress().progress("sending samples", samples, total);
        }
      }
    }
    if (!items.isEmpty()) {
      state = flush(state);
    }
    state = backend.finish(context, state);
    save(
        run.state().with("backend", state).with("state", RunState.WAITING.id()).without("problem"));
    context.progress().progress("sending samples", samples, samples);
    return run;
  }

  private Set<ObjectId> alreadySent() {
    Set<ObjectId> sent = new HashSet<>();
    RunData.forEachItem(dataset, run, item -> sent.add(item.id()));
    sent.removeAll(pending);
    return sent;
  }

  private Set<String> projection() {
    Set<String> names = new HashSet<>();
    for (FieldSchema field : schema.fields()) {
      if (field.existing()) {
        names.add(field.field());
      }
    }
    names.add(mediaField);
    names.add("support");
    names.add("frame_number");
    return names;
  }

  private Document flush(Document state) {
    storeRecords();
    Document after = backend.upload(context, List.copyOf(items), state);
    batch++;
    samples += items.size();
    sentLabels = labels;
    items.forEach(i -> pending.remove(i.id()));
    pendingChanged = true;
    save(
        run.state()
            .with("batches", batch)
            .with("samples", samples)
            .with("labels", sentLabels)
            .with("backend", after));
    items.clear();
    return after;
  }

  private void storeRecords() {
    dataset.write(
        writer -> {
          records.forEach(r -> writer.putSide(run.id(), r));
          storePending(writer);
          return null;
        });
    records.clear();
    pendingChanged = false;
  }

  /** Part of a change, which may be tried again. */
  private void storePending(DatasetWriter writer) {
    if (pendingChanged) {
      writer.putSide(run.id(), RunData.pending(run.id(), pending));
    }
  }

  /** Stores what the backend has made so far of the call it is in. */
  private void checkpoint(Document state) {
    save(run.state().with("backend", state));
  }

  private void save(Document state) {
    run = run.withState(state);
    dataset.write(
        writer -> {
          writer.putRun(run);
          memory.store(writer);
          storePending(writer);
          return null;
        });
    memory.stored();
    pendingChanged = false;
  }

  // --- one sample -----------------------------------------------------------------------------

  private void add(Sample sample, SampleCursor cursor) {
    RunData.Item item = item(sample);
    pendingChanged |= pending.add(item.id());
    List<UploadItem.Content> own = new ArrayList<>();
    int before = records.size();
    for (FieldSchema field : schema.fields()) {
      if (field.existing() && !field.isFrameField()) {
        add(own, item, field, item.frameNumber(), sample.fields().get(field.field()));
      }
    }
    if (records.size() == before || !ofSamples) {
      records.add(RunData.item(item));
    }
    Iterable<UploadItem.Content> content = own;
    if (sendsFrames) {
      addFrames(item, cursor);
      content =
          new SentFrames(dataset, run.id(), item, schema, own, backend.keepsBetweenKeyframes());
    }
    items.add(
        new UploadItem(
            sample.id(),
            media(sample),
            sample.metadata(),
            item.firstFrame(),
            item.lastFrame(),
            content));
  }

  /** Takes the frames of a video into the base, from which they are sent. */
  private void addFrames(RunData.Item item, SampleCursor cursor) {
    try (Cursor<Frame> frames = cursor.frames()) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        if (!item.covers(frame.number())) {
          continue;
        }
        for (FieldSchema field : schema.fields()) {
          if (field.existing() && field.isFrameField()) {
            base(item, field, frame.number(), frame.fields().get(field.plainName()));
          }
        }
        if (records.size() >= MOST_RECORDS) {
          storeRecords();
        }
      }
    }
  }

  private String media(Sample sample) {
    return mediaField.equals("filepath")
        ? sample.filepath()
        : String.valueOf(sample.property(mediaField));
  }

  private RunData.Item item(Sample sample) {
    ObjectId stored = ViewEvaluator.storedSample(sample);
    return switch (kind) {
      case FRAMES -> {
        Object number = sample.property("frame_number");
        yield new RunData.Item(
            sample.id(), stored, number instanceof Number n ? n.intValue() : 0, 0, 0);
      }
      case CLIPS -> {
        Object support = sample.property("support");
        List<?> range = support instanceof List<?> l ? l : List.of(0, 0);
        yield new RunData.Item(sample.id(), stored, 0, number(range.get(0)), number(range.get(1)));
      }
      case SAMPLES, PATCHES, DYNAMIC_GROUPS -> new RunData.Item(sample.id(), stored, 0, 0, 0);
    };
  }

  private static int number(@Nullable Object value) {
    return value instanceof Number n ? n.intValue() : 0;
  }

  /** Takes over what is to be sent of a field: into the base, and into what the backend gets. */
  private void add(
      List<UploadItem.Content> content,
      RunData.Item item,
      FieldSchema field,
      int baseFrame,
      @Nullable Object value) {
    List<SingleLabel> chosen = base(item, field, baseFrame, value);
    if (field.kind() == AnswerKind.SCALAR && value != null) {
      content.add(new UploadItem.Content(0, field.field(), field.kind(), List.of(), value));
      return;
    }
    List<SingleLabel> sent = SentFrames.sent(field, chosen, backend.keepsBetweenKeyframes());
    if (!sent.isEmpty()) {
      content.add(new UploadItem.Content(0, field.field(), field.kind(), sent, null));
    }
  }

  /** Notes in the base what is sent of a field; gives the labels. */
  private List<SingleLabel> base(
      RunData.Item item, FieldSchema field, int frame, @Nullable Object value) {
    if (value == null) {
      return List.of();
    }
    if (field.kind() == AnswerKind.SCALAR) {
      records.add(new SideRecord(item.sampleId(), frame, field.field(), value));
      labels++;
      return List.of();
    }
    List<SingleLabel> chosen = choose(field, value);
    if (!chosen.isEmpty()) {
      records.add(RunData.base(item.sampleId(), frame, field.field(), field.kind(), chosen));
      labels += chosen.size();
    }
    return chosen;
  }

  private List<SingleLabel> choose(FieldSchema field, Object value) {
    List<? extends SingleLabel> all =
        value instanceof LabelList<?> list
            ? list.labels()
            : value instanceof SingleLabel label ? List.of(label) : List.of();
    List<SingleLabel> chosen = new ArrayList<>(all.size());
    Set<String> names = classes.getOrDefault(field.field(), Set.of());
    boolean byClass = field.kind().hasClassName();
    for (SingleLabel label : all) {
      if ((field.type() == null || takes(field.type(), label))
          && (!byClass || names.contains(String.valueOf(label.label())))) {
        chosen.add(label);
      }
    }
    return chosen;
  }

  private boolean takes(LabelType type, SingleLabel label) {
    return type.covers(label) || type.isBoxes() && backend.boxesKeepMasks();
  }
}
