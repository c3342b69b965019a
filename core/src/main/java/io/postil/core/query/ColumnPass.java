package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.Cursor;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers from columns what the first stages of a view and what follows ask of the labels of one
 * list field: filters of its labels, and then how many there are, aggregations of their properties,
 * or the order of samples by the number of labels. Where the source keeps no such columns, or an
 * expression fails, there is no answer, and the rows are gone through. Not thread-safe.
 */
final class ColumnPass {
  private final RowSource source;
  private final LabelField field;

  /** The filters of the first stages, all of which drop samples without a label left. */
  private final List<ColumnTest> tests;

  /** How many steps of the pipeline they are. */
  private final int steps;

  private ColumnPass(RowSource source, LabelField field, List<ColumnTest> tests, int steps) {
    this.source = source;
    this.field = field;
    this.tests = tests;
    this.steps = steps;
  }

  /**
   * What the first stages leave to columns; null if that is not possible.
   *
   * @param wanted the name of the field that is asked for; null for that of the first filter
   */
  static @Nullable ColumnPass of(Pipeline pipeline, @Nullable String wanted) {
    if (pipeline.source().info().group() != null) {
      return null;
    }
    LabelField field = null;
    List<ColumnTest> tests = new ArrayList<>();
    int steps = 0;
    for (Step step : pipeline.steps()) {
      if (!(step instanceof LabelStages.Filter filter)
          || field != null && !field.name().equals(filter.field().name())) {
        break;
      }
      field = filter.field();
      List<ColumnTest> more =
          mayHaveColumns(field) && filter.onlyMatches()
              ? ColumnTest.of(filter.filter(), field.className())
              : null;
      if (more == null) {
        return null;
      }
      tests.addAll(more);
      steps++;
    }
    if (field == null && wanted != null) {
      field = pipeline.schema().labelFieldOfSamples(wanted);
    }
    if (field == null || !mayHaveColumns(field) || wanted != null && !field.name().equals(wanted)) {
      return null;
    }
    return new ColumnPass(pipeline.source(), field, tests, steps);
  }

  private static boolean mayHaveColumns(LabelField field) {
    return field.isList() && !field.isFrame() && field.path().length == 1;
  }

  /** Whether the filters are all that the pipeline does. */
  boolean isWhole(Pipeline pipeline) {
    return steps == pipeline.steps().size();
  }

  /** Position of the first step that is not one of the filters. */
  int steps() {
    return steps;
  }

  LabelField field() {
    return field;
  }

  /** Whether samples were dropped that have no label of the field. */
  boolean filters() {
    return steps > 0;
  }

  /** What is done with a block. */
  private interface Action {
    /**
     * Looks at a block.
     *
     * @param kept the labels that passed the filters; null for all
     */
    void block(LabelColumns block, boolean @Nullable [] kept);
  }

  /** Goes along all blocks; false if there is no answer, after some blocks perhaps. */
  private boolean each(Set<String> properties, Action action) {
    Set<String> all = new HashSet<>(properties);
    tests.forEach(test -> all.add(test.property()));
    try (Cursor<LabelColumns> blocks = source.columns(field.name(), all)) {
      if (blocks == null) {
        return false;
      }
      while (blocks.hasNext()) {
        LabelColumns block = blocks.next();
        action.block(block, kept(block));
      }
      return true;
    } catch (PostilException e) {
      if (e.code() != ErrorCode.EVALUATION_FAILED) {
        throw e;
      }
      // Row by row it may not come to that, or else is said again.
      return false;
    }
  }

  private boolean @Nullable [] kept(LabelColumns block) {
    if (tests.isEmpty()) {
      return null;
    }
    boolean[] kept = new boolean[block.labels()];
    Arrays.fill(kept, true);
    for (ColumnTest test : tests) {
      test.narrow(block.column(test.property()), kept);
    }
    return kept;
  }

  /** How many labels of a sample are kept. */
  private static int count(LabelColumns block, int sample, boolean @Nullable [] kept) {
    int from = sample == 0 ? 0 : block.ends()[sample - 1];
    int to = block.ends()[sample];
    if (kept == null) {
      return to - from;
    }
    int count = 0;
    for (int i = from; i < to; i++) {
      if (kept[i]) {
        count++;
      }
    }
    return count;
  }

  /** Number of samples of which a label is kept; -1 if there is no answer. */
  long samples() {
    long[] samples = new long[1];
    boolean answered =
        each(
            Set.of(),
            (block, kept) -> {
              for (int i = 0; i < block.ends().length; i++) {
                if (count(block, i, kept) > 0) {
                  samples[0]++;
                }
              }
            });
    return answered ? samples[0] : -1;
  }

  /**
   * Gives aggregations their values; false if there is no answer, and then they are of no use.
   *
   * @param bounds whether they see all values for the first time, see {@link
   *     AggregationResult#addBound}
   */
  boolean aggregate(List<AggregationEvaluator.Task> tasks, boolean bounds) {
    Set<String> properties = new HashSet<>();
    for (AggregationEvaluator.Task task : tasks) {
      String property = task.values().property();
      if (property != null) {
        properties.add(property);
      }
    }
    return each(
        properties,
        (block, kept) -> {
          for (AggregationEvaluator.Task task : tasks) {
            if (!bounds) {
              add(task, block, kept);
            } else if (task.result().needsBounds()) {
              task.values().each(block.column(property(task)), kept, task.addBound());
            }
          }
        });
  }

  private static String property(AggregationEvaluator.Task task) {
    return Objects.requireNonNull(task.values().property());
  }

  private static void add(
      AggregationEvaluator.Task task, LabelColumns block, boolean @Nullable [] kept) {
    if (task.values().property() != null) {
      task.values().each(block.column(property(task)), kept, task.result());
      return;
    }
    // What is counted is samples or labels themselves.
    long count = 0;
    for (int i = 0; i < block.ends().length; i++) {
      int labels = count(block, i, kept);
      count += !task.values().isSample() ? labels : labels > 0 ? 1 : 0;
    }
    task.result().add(Boolean.TRUE, count);
  }

  /**
   * The samples of which a label is kept, in the order of the number of labels kept, those with as
   * many in the order of insertion; null if there is no answer.
   */
  @Nullable Iterator<Row.Ref> byCount(boolean descending) {
    ByCount order = new ByCount();
    return each(Set.of(), order::add) ? order.rows(descending) : null;
  }

  /** Sorts samples by the number of their labels: by counting, since there are few numbers. */
  private static final class ByCount {
    private final List<List<ObjectId>> blocks = new ArrayList<>();

    /** Of each block the number of labels kept of each of its samples. */
    private final List<int[]> counts = new ArrayList<>();

    private int most;

    void add(LabelColumns block, boolean @Nullable [] kept) {
      int[] own = new int[block.ends().length];
      for (int i = 0; i < own.length; i++) {
        own[i] = count(block, i, kept);
        most = Math.max(most, own[i]);
      }
      blocks.add(block.samples());
      counts.add(own);
    }

    Iterator<Row.Ref> rows(boolean descending) {
      // How many samples have each number of labels, then where those with it begin.
      int[] places = new int[most + 1];
      for (int[] own : counts) {
        for (int count : own) {
          places[count]++;
        }
      }
      int samples = 0;
      for (int i = 1; i <= most; i++) {
        int count = descending ? most + 1 - i : i;
        int size = places[count];
        places[count] = samples;
        samples += size;
      }
      int[] order = new int[samples];
      int number = 0;
      for (int[] own : counts) {
        for (int count : own) {
          if (count > 0) {
            order[places[count]++] = number;
          }
          number++;
        }
      }
      return new Iterator<>() {
        private int next;

        @Override
        public boolean hasNext() {
          return next < order.length;
        }

        @Override
        public Row.Ref next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          return Row.ref(sample(order[next++]));
        }
      };
    }

    private ObjectId sample(int number) {
      int within = number;
      for (List<ObjectId> block : blocks) {
        if (within < block.size()) {
          return block.get(within);
        }
        within -= block.size();
      }
      throw new NoSuchElementException();
    }
  }
}
