package io.postil.testkit.views;

import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What a view shows so far: its fields and its rows. Immutable.
 *
 * @param schema the fields
 * @param rows in order
 */
record NaiveRows(NaiveSchema schema, List<Row> rows) {
  /**
   * One sample.
   *
   * @param document as it is stored, with its frames as a list
   * @param rank place in the last order; rows of one rank have no order among them
   * @param members of the group that the row stands for; empty if it is no group
   */
  record Row(Document document, int rank, List<Row> members) {
    Row with(Document changed) {
      return new Row(changed, rank, members);
    }
  }

  NaiveRows filter(Predicate<Document> wanted) {
    return new NaiveRows(schema, rows.stream().filter(r -> wanted.test(r.document())).toList());
  }

  NaiveRows map(UnaryOperator<Document> change) {
    return new NaiveRows(
        schema, rows.stream().map(r -> r.with(change.apply(r.document()))).toList());
  }

  NaiveRows with(NaiveSchema other) {
    return new NaiveRows(other, rows);
  }

  NaiveRows with(List<Row> other) {
    return new NaiveRows(schema, List.copyOf(other));
  }

  /** The rows ranked as they stand. */
  static List<Row> ranked(List<Row> rows) {
    List<Row> ranked = new ArrayList<>();
    rows.forEach(r -> ranked.add(new Row(r.document(), ranked.size(), r.members())));
    return ranked;
  }
}
