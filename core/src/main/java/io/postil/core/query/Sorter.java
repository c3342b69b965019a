package io.postil.core.query;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sorts rows by keys: only the keys and a reference of each row are held, and with a limit only the
 * best of them.
 */
final class Sorter {
  private record Entry(@Nullable Object[] keys, Row.Ref ref) {}

  private Sorter() {}

  /** A step that sorts by keys that no other way leads to than through each row. */
  static Step step(
      Set<String> reads, Function<Row, @Nullable Object[]> keys, int[] signs, long limit) {
    return step(reads, List.of(), keys, signs, limit);
  }

  /**
   * A step that sorts.
   *
   * @param reads what the keys read
   * @param expressions what is sorted by, in MongoDB's form
   * @param keys the keys of a row
   * @param signs 1 for ascending or -1 for each key
   * @param limit how many rows can be wanted; {@link Long#MAX_VALUE} for all
   */
  static Step step(
      Set<String> reads,
      List<Object> expressions,
      Function<Row, @Nullable Object[]> keys,
      int[] signs,
      long limit) {
    return new Pipeline.Sorting(
        reads,
        expressions.size() == 1 ? expressions.get(0) : null,
        signs.length > 0 && signs[0] < 0,
        (rows, run, position) ->
            new Lazy(
                () -> {
                  List<Row.Ref> refs = sort(rows, keys, signs, limit);
                  return run.reread(refs.iterator(), position);
                }));
  }

  private static List<Row.Ref> sort(
      Iterator<Row> rows, Function<Row, @Nullable Object[]> keys, int[] signs, long limit) {
    Comparator<Entry> order = (a, b) -> compare(a.keys, b.keys, signs);
    List<Entry> entries = new ArrayList<>();
    while (rows.hasNext()) {
      Row row = rows.next();
      entries.add(new Entry(keys.apply(row), row.ref()));
      if (limit < 1_000_000 && entries.size() > 2 * limit + 1000) {
        entries.sort(order);
        entries.subList((int) limit, entries.size()).clear();
      }
    }
    entries.sort(order);
    List<Row.Ref> refs = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size() && i < limit; i++) {
      refs.add(entries.get(i).ref);
    }
    return refs;
  }

  private static int compare(@Nullable Object[] a, @Nullable Object[] b, int[] signs) {
    for (int i = 0; i < signs.length; i++) {
      int order = SortKeys.compare(a[i], b[i]);
      if (order != 0) {
        return order * signs[i];
      }
    }
    return 0;
  }

  /** An iterator that is made when its first element is asked for. */
  static final class Lazy implements Iterator<Row> {
    private final java.util.function.Supplier<Iterator<Row>> source;
    private @Nullable Iterator<Row> rows;

    Lazy(java.util.function.Supplier<Iterator<Row>> source) {
      this.source = source;
    }

    private Iterator<Row> rows() {
      Iterator<Row> known = rows;
      if (known == null) {
        known = source.get();
        rows = known;
      }
      return known;
    }

    @Override
    public boolean hasNext() {
      return rows().hasNext();
    }

    @Override
    public Row next() {
      return rows().next();
    }
  }
}
