package io.postil.core.query;

import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One compiled step of a view; a stage becomes one or a few. What it remembers of a row it keeps by
 * the row's reference, so that rows that are read again, in one run or the next, fare as before.
 */
sealed interface Step {
  /**
   * The fields it reads beyond those that always come, {@code frames.} before frame fields and
   * {@code frames} for all of them; {@code *} means everything.
   */
  Set<String> reads();

  /** Whether it looks at nothing else of a sample but its id, not even at what always comes. */
  default boolean readsFieldsOnly() {
    return false;
  }

  /** Changes or drops rows one by one. */
  non-sealed interface RowStep extends Step {
    /** The changed row, or null to drop it. */
    @Nullable Row apply(Row row);
  }

  /** Makes several rows of one. */
  non-sealed interface ExpandStep extends Step {
    List<Row> expand(Row row);
  }

  /** Sees the stream of rows as a whole. */
  non-sealed interface StreamStep extends Step {
    /**
     * The changed stream.
     *
     * @param rows the rows so far
     * @param run to read rows again by their reference
     * @param position of this step: rows read again have passed the steps before it
     */
    Iterator<Row> apply(Iterator<Row> rows, Pipeline.Run run, int position);

    /** What it made of a row, when that is read again. */
    default @Nullable Row again(Row row) {
      return row;
    }
  }

  /** A step from a function of rows. */
  static RowStep of(Set<String> reads, java.util.function.Function<Row, @Nullable Row> function) {
    return new RowStep() {
      @Override
      public Set<String> reads() {
        return reads;
      }

      @Override
      public @Nullable Row apply(Row row) {
        return function.apply(row);
      }
    };
  }

  /** A step that looks at nothing of a row but the fields, and its id. */
  static RowStep ofFields(
      Set<String> fields, java.util.function.Function<Row, @Nullable Row> function) {
    return new RowStep() {
      @Override
      public Set<String> reads() {
        return fields;
      }

      @Override
      public boolean readsFieldsOnly() {
        return true;
      }

      @Override
      public @Nullable Row apply(Row row) {
        return function.apply(row);
      }
    };
  }

  /** A step from a condition. */
  static RowStep filter(Set<String> reads, java.util.function.Predicate<Row> condition) {
    return of(reads, row -> condition.test(row) ? row : null);
  }

  /** A step from a condition whose text says all that it looks at. */
  static RowStep filter(Compiled condition) {
    return ofFields(condition.reads(), row -> condition.test(row) ? row : null);
  }

  /** A step that makes several rows of one. */
  static ExpandStep expand(
      Set<String> reads, java.util.function.Function<Row, List<Row>> function) {
    return new ExpandStep() {
      @Override
      public Set<String> reads() {
        return reads;
      }

      @Override
      public List<Row> expand(Row row) {
        return function.apply(row);
      }
    };
  }

  /** What a stream step does. */
  @FunctionalInterface
  interface StreamFunction {
    Iterator<Row> apply(Iterator<Row> rows, Pipeline.Run run, int position);
  }

  /** A step on the whole stream. */
  static StreamStep stream(Set<String> reads, StreamFunction function) {
    return new StreamStep() {
      @Override
      public Set<String> reads() {
        return reads;
      }

      @Override
      public Iterator<Row> apply(Iterator<Row> rows, Pipeline.Run run, int position) {
        return function.apply(rows, run, position);
      }
    };
  }
}
