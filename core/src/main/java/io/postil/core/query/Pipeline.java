package io.postil.core.query;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a view and how rows flow through them: lazily, one by one. Steps that must see all
 * rows keep only keys and references, and read the rows that survive again in batches.
 */
record Pipeline(RowSource source, ViewSchema schema, List<Step> steps) {
  private static final int LARGEST_BATCH = 256;

  /** Rows in order; close the run afterwards. */
  Run run(Set<String> outputFields) {
    return new Run(this, outputFields, false);
  }

  /** Rows of which nothing is wanted but fields. */
  Run runForFields(Set<String> fields) {
    return new Run(this, fields, true);
  }

  /** One evaluation of a pipeline. Not thread-safe. */
  static final class Run implements AutoCloseable {
    private final Pipeline pipeline;
    private final Projection scanned;
    private final Projection reread;
    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable Groups groups;

    Run(Pipeline pipeline, Set<String> outputFields, boolean fieldsOnly) {
      this.pipeline = pipeline;
      int lastBreak = 0;
      for (int i = 0; i < pipeline.steps.size(); i++) {
        if (pipeline.steps.get(i) instanceof Sorting) {
          lastBreak = i + 1;
        }
      }
      Set<String> all = new HashSet<>(outputFields);
      Set<String> beforeBreak = new HashSet<>();
      boolean onlyAll = fieldsOnly;
      boolean onlyBeforeBreak = true;
      for (int i = 0; i < pipeline.steps.size(); i++) {
        Step step = pipeline.steps.get(i);
        all.addAll(step.reads());
        onlyAll &= step.readsFieldsOnly();
        if (i < lastBreak) {
          beforeBreak.addAll(step.reads());
          onlyBeforeBreak &= step.readsFieldsOnly();
        }
      }
      reread = projection(all, onlyAll);
      scanned = lastBreak == 0 ? reread : projection(beforeBreak, onlyBeforeBreak);
    }

    private Projection projection(Set<String> names, boolean fieldsOnly) {
      if (names.contains("*")) {
        return Projection.ALL;
      }
      Set<String> wanted = new HashSet<>(names);
      DatasetInfo info = source().info();
      boolean declared =
          info.sampleFields().stream().map(FieldSpec::name).toList().containsAll(names);
      if (wanted.remove("frames")) {
        info.frameFields().forEach(f -> wanted.add(DatasetInfo.FRAMES + f.name()));
      }
      if (info.group() != null) {
        wanted.add(info.group().field());
      }
      return new Projection(wanted, fieldsOnly && declared);
    }

    RowSource source() {
      return pipeline.source;
    }

    Iterator<Row> rows() {
      int end = pipeline.steps.size();
      ColumnPass columns = ColumnPass.of(pipeline, null);
      int next = columns == null ? end : columns.steps();
      Boolean descending =
          columns != null && next < end && pipeline.steps.get(next) instanceof Sorting sorting
              ? sorting.byCount(columns.field())
              : null;
      if (columns == null || descending == null) {
        return apply(scan(), 0, end);
      }
      boolean reverse = descending;
      Iterator<Row> sorted =
          new Sorter.Lazy(
              () -> {
                Iterator<Row.Ref> refs = columns.byCount(reverse);
                return refs != null ? reread(refs, next) : apply(scan(), 0, next + 1);
              });
      return apply(sorted, next + 1, end);
    }

    private Iterator<Row> scan() {
      SampleCursor samples = source().scan(scanned);
      open.add(samples);
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return samples.hasNext();
        }

        @Override
        public Row next() {
          return prepare(samples.next(), 0, scanned);
        }
      };
    }

    /** Sends rows through the steps from one position to before another. */
    private Iterator<Row> apply(Iterator<Row> rows, int from, int to) {
      Iterator<Row> out = rows;
      for (int i = from; i < to; i++) {
        out = apply(pipeline.steps.get(i), out, i);
      }
      return out;
    }

    private Iterator<Row> apply(Step step, Iterator<Row> rows, int position) {
      return switch (step) {
        case Step.RowStep s -> new Mapped(rows, s);
        case Step.ExpandStep s -> new Expanded(rows, s);
        case Step.StreamStep s -> s.apply(rows, this, position);
      };
    }

    /** Rows sent through further steps that are no part of the pipeline. */
    Iterator<Row> through(Iterator<Row> rows, List<Step> further, int position) {
      Iterator<Row> out = rows;
      for (Step step : further) {
        out = apply(step, out, position);
      }
      return out;
    }

    /** The rows of two pipelines, one after the other. */
    Iterator<Row> concat(Pipeline first, Pipeline second) {
      Run firstRun = first.run(Set.of("*"));
      Run secondRun = second.run(Set.of("*"));
      open.add(firstRun);
      open.add(secondRun);
      Iterator<Row> a = new Sorter.Lazy(firstRun::rows);
      Iterator<Row> b = new Sorter.Lazy(secondRun::rows);
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return a.hasNext() || b.hasNext();
        }

        @Override
        public Row next() {
          return a.hasNext() ? a.next().inBranch(0) : b.next().inBranch(1);
        }
      };
    }

    /** The row of a sample, before any step. */
    Row prepare(Sample sample, int start, Projection fields) {
      Row row = Row.of(sample, start);
      if (pipeline.schema.info.mediaType() == io.postil.core.dataset.MediaType.VIDEO
          || pipeline.schema.info.group() != null) {
        row.framesFrom(() -> readFrames(sample.id(), fields));
      }
      DatasetInfo.GroupInfo info = source().info().group();
      if (info != null) {
        row.groups(new GroupView(row, info));
      }
      return row;
    }

    private List<Row> readFrames(ObjectId sampleId, Projection fields) {
      List<Row> rows = new ArrayList<>();
      try (Cursor<Frame> frames = source().frames(sampleId, 1, Integer.MAX_VALUE, fields)) {
        while (frames.hasNext()) {
          rows.add(Row.of(frames.next()));
        }
      }
      return rows;
    }

    /** Reads rows again that had passed all steps before a position. */
    Iterator<Row> reread(Iterator<Row.Ref> refs, int position) {
      return new Reread(this, refs, position);
    }

    /** Reads a batch of rows again; one that meanwhile is gone is left out. */
    List<Row> reread(List<Row.Ref> refs, int position) {
      List<ObjectId> roots = new ArrayList<>(refs.size());
      refs.forEach(ref -> roots.add(ref.root()));
      Map<ObjectId, Sample> samples = new HashMap<>();
      source().samples(new HashSet<>(roots), reread).forEach(s -> samples.put(s.id(), s));
      List<Row> rows = new ArrayList<>(refs.size());
      for (Row.Ref ref : refs) {
        Sample sample = samples.get(ref.root());
        Row row =
            sample == null
                ? null
                : replay(
                    pipeline,
                    prepare(sample, ref.start(), reread),
                    ref.start(),
                    position,
                    new Ordinals(ref.ordinals()));
        if (row != null) {
          rows.add(row);
        }
      }
      return rows;
    }

    private static @Nullable Row replay(
        Pipeline pipeline, Row base, int start, int position, Ordinals ordinals) {
      Row row = base;
      for (int i = start; i < position && row != null; i++) {
        switch (pipeline.steps.get(i)) {
          case Step.RowStep s -> row = s.apply(row);
          case Step.ExpandStep s -> {
            List<Row> made = s.expand(row);
            int at = ordinals.next();
            row = at < made.size() ? made.get(at) : null;
          }
          case Union s -> {
            Pipeline branch = ordinals.next() == 0 ? s.first : s.second;
            row = replay(branch, row, ordinals.next(), branch.steps.size(), ordinals);
          }
          case Step.StreamStep s -> row = s.again(row);
        }
      }
      return row;
    }

    Groups groups() {
      Groups known = groups;
      if (known == null) {
        known = Groups.read(source());
        groups = known;
      }
      return known;
    }

    @Override
    public void close() {
      RuntimeException failure = null;
      for (AutoCloseable resource : open) {
        try {
          resource.close();
        } catch (RuntimeException e) {
          failure = e;
        } catch (Exception e) {
          failure = new IllegalStateException(e);
        }
      }
      open.clear();
      if (failure != null) {
        throw failure;
      }
    }

    /** What {@code groups.<slice>} shows of a row: the other samples of its group. */
    private final class GroupView implements Fields.Container {
      private final Row row;
      private final DatasetInfo.GroupInfo info;
      private final Map<String, @Nullable Object> known = new LinkedHashMap<>();

      GroupView(Row row, DatasetInfo.GroupInfo info) {
        this.row = row;
        this.info = info;
      }

      @Override
      public @Nullable Object property(String slice) {
        if (!known.containsKey(slice)) {
          known.put(slice, load(slice));
        }
        return known.get(slice);
      }

      private @Nullable Object load(String slice) {
        Object groupId = Fields.get(row.property(info.field()), "_id");
        ObjectId id = groups().member(groupId, slice);
        List<Sample> found = id == null ? List.of() : source().samples(List.of(id), Projection.ALL);
        return found.isEmpty() ? Missing.MISSING : Row.of(found.get(0), 0);
      }

      @Override
      public Document toDocument() {
        Document.Builder out = Document.builder();
        for (String slice : info.slices().keySet()) {
          Object sample = property(slice);
          if (sample != Missing.MISSING) {
            out.put(slice, sample);
          }
        }
        return out.build();
      }
    }
  }

  private abstract static class Lookahead implements Iterator<Row> {
    private @Nullable Row next;

    abstract @Nullable Row advance();

    @Override
    public boolean hasNext() {
      if (next == null) {
        next = advance();
      }
      return next != null;
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Row row = java.util.Objects.requireNonNull(next);
      next = null;
      return row;
    }
  }

  private static final class Mapped extends Lookahead {
    private final Iterator<Row> rows;
    private final Step.RowStep step;

    Mapped(Iterator<Row> rows, Step.RowStep step) {
      this.rows = rows;
      this.step = step;
    }

    @Override
    @Nullable Row advance() {
      while (rows.hasNext()) {
        Row row = step.apply(rows.next());
        if (row != null) {
          return row;
        }
      }
      return null;
    }
  }

  private static final class Expanded extends Lookahead {
    private final Iterator<Row> rows;
    private final Step.ExpandStep step;
    private Iterator<Row> current = List.<Row>of().iterator();

    Expanded(Iterator<Row> rows, Step.ExpandStep step) {
      this.rows = rows;
      this.step = step;
    }

    @Override
    @Nullable Row advance() {
      while (!current.hasNext()) {
        if (!rows.hasNext()) {
          return null;
        }
        current = step.expand(rows.next()).iterator();
      }
      return current.next();
    }
  }

  private static final class Reread extends Lookahead {
    private final Run run;
    private final Iterator<Row.Ref> refs;
    private final int position;
    private int batch = 1;
    private Iterator<Row> current = List.<Row>of().iterator();

    Reread(Run run, Iterator<Row.Ref> refs, int position) {
      this.run = run;
      this.refs = refs;
      this.position = position;
    }

    @Override
    @Nullable Row advance() {
      while (!current.hasNext()) {
        if (!refs.hasNext()) {
          return null;
        }
        List<Row.Ref> some = new ArrayList<>(batch);
        while (some.size() < batch && refs.hasNext()) {
          some.add(refs.next());
        }
        batch = Math.min(batch * 4, LARGEST_BATCH);
        current = run.reread(some, position).iterator();
      }
      return current.next();
    }
  }

  /** The ordinals of a reference, one after the other. */
  private static final class Ordinals {
    private final int[] ordinals;
    private int at;

    Ordinals(int[] ordinals) {
      this.ordinals = ordinals;
    }

    int next() {
      return ordinals[at++];
    }
  }

  /** The rows of one pipeline and then those of another. */
  record Union(Set<String> reads, Pipeline first, Pipeline second) implements Step.StreamStep {
    @Override
    public Iterator<Row> apply(Iterator<Row> rows, Run run, int position) {
      return run.concat(first, second);
    }
  }

  /**
   * Marks steps that keep references of all rows and read the survivors again.
   *
   * @param key the one expression that is sorted by, in MongoDB's form; null if there are others
   * @param descending whether the largest comes first
   */
  record Sorting(
      Set<String> reads, @Nullable Object key, boolean descending, Step.StreamFunction function)
      implements Step.StreamStep {
    @Override
    public boolean readsFieldsOnly() {
      return true;
    }

    @Override
    public Iterator<Row> apply(Iterator<Row> rows, Run run, int position) {
      return function.apply(rows, run, position);
    }

    /** Whether it sorts by the number of a field's labels, and how; null if not. */
    @Nullable Boolean byCount(LabelField field) {
      String list = "$" + field.name() + "." + field.listName();
      return key instanceof Document size
              && size.size() == 1
              && size.get("$size") instanceof Document ifNull
              && ifNull.size() == 1
              && ifNull.get("$ifNull") instanceof List<?> arguments
              && arguments.size() == 2
              && list.equals(arguments.get(0))
              && arguments.get(1) instanceof List<?> otherwise
              && otherwise.isEmpty()
          ? descending
          : null;
    }
  }
}
