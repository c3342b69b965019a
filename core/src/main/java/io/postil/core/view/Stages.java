package io.postil.core.view;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.List;

/** Makes stages from expressions, with FiftyOne's defaults. Stateless. */
public final class Stages {
  private Stages() {}

  /** Keeps samples for which an expression is true. */
  public static Stage match(Expression filter) {
    return new Stage.Match(Document.of("$expr", filter.toValue()));
  }

  /** Keeps the labels for which an expression is true, and only samples with such labels. */
  public static Stage filterLabels(String field, Expression filter) {
    return filterLabels(field, filter, true);
  }

  /** Keeps the labels for which an expression on the label is true. */
  public static Stage filterLabels(String field, Expression filter, boolean onlyMatches) {
    return new Stage.FilterLabels(field, filter.toValue("$$this"), onlyMatches, false);
  }

  /** Sorts by a field. */
  public static Stage sortBy(String field, boolean reverse) {
    return new Stage.SortBy(field, reverse, true);
  }

  /** Sorts by an expression. */
  public static Stage sortBy(Expression expression, boolean reverse) {
    Object value = expression.toValue();
    return new Stage.SortBy(value == null ? Values.listOf() : value, reverse, true);
  }

  /** Keeps samples by id, in the order of the dataset. */
  public static Stage select(List<ObjectId> ids) {
    return new Stage.Select(ids, false);
  }

  /** Drops samples by id. */
  public static Stage exclude(List<ObjectId> ids) {
    return new Stage.Exclude(ids);
  }

  /** Keeps the first samples. */
  public static Stage limit(long limit) {
    return new Stage.Limit(limit);
  }

  /** Drops the first samples. */
  public static Stage skip(long skip) {
    return new Stage.Skip(skip);
  }
}
