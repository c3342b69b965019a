package io.postil.testkit.views;

import static io.postil.testkit.views.PlainValues.isNothing;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order of documents by several paths. Where a path leads through an array there is one tuple
 * of keys for each element, and the document counts with the tuple that sorts first. Stateless.
 */
final class NaiveSort {
  /** The key of an empty array, which sorts before everything. */
  private static final Object EMPTY = new Object();

  /** One key: 1 for ascending or -1. */
  record Key(List<String> path, int sign) {}

  private NaiveSort() {}

  /** Comparator of tuples of keys. */
  static Comparator<List<@Nullable Object>> order(List<Key> keys) {
    return (a, b) -> {
      for (int i = 0; i < keys.size(); i++) {
        int order = compare(a.get(i), b.get(i)) * keys.get(i).sign();
        if (order != 0) {
          return order;
        }
      }
      return 0;
    };
  }

  /** In a sort missing and null are equal. */
  private static int compare(@Nullable Object a, @Nullable Object b) {
    if (a == EMPTY || b == EMPTY) {
      return Boolean.compare(b == EMPTY, a == EMPTY);
    }
    return PlainValues.compare(isNothing(a) ? null : a, isNothing(b) ? null : b);
  }

  /** Values in the order of a sort by them; those of one key in their own order. */
  static List<@Nullable Object> sorted(List<? extends @Nullable Object> values) {
    List<Key> key = List.of(new Key(List.of("v"), 1));
    List<@Nullable Object> sorted = new ArrayList<>(NaiveLists.sorted(values));
    sorted.sort(Comparator.comparing(v -> keys(Document.of("v", v), key), order(key)));
    return Values.list(sorted);
  }

  /** The tuple that a document sorts by. */
  static List<@Nullable Object> keys(Document document, List<Key> keys) {
    List<Part> parts = new ArrayList<>();
    keys.forEach(key -> parts.add(new Part(document, key.path())));
    return tuples(parts).stream().min(order(keys)).orElseThrow();
  }

  /** What is left of a path, and where it goes on from. */
  private record Part(@Nullable Object value, List<String> path) {
    boolean isDone() {
      return path.isEmpty();
    }

    /** Follows the path until it ends or comes to an array. */
    Part followed() {
      Part at = this;
      while (!at.isDone() && !(at.value instanceof List<?>)) {
        at =
            new Part(
                PlainValues.property(at.value, at.path.get(0)), at.path.subList(1, at.path.size()));
      }
      return at;
    }
  }

  private static List<List<@Nullable Object>> tuples(List<Part> start) {
    List<Part> parts = start.stream().map(Part::followed).toList();
    List<?> array = null;
    for (Part part : parts) {
      if (part.value() instanceof List<?> list) {
        if (array != null && array != list) {
          throw new NaiveError("cannot sort with keys that are parallel arrays");
        }
        array = list;
      }
    }
    if (array == null) {
      List<@Nullable Object> tuple = new ArrayList<>();
      parts.forEach(p -> tuple.add(p.value()));
      return List.of(tuple);
    }
    List<List<@Nullable Object>> tuples = new ArrayList<>();
    for (Object element : array.isEmpty() ? Values.listOf(EMPTY) : array) {
      List<Part> inner = new ArrayList<>();
      for (Part part : parts) {
        inner.add(part.value() == array ? new Part(element, part.path()) : part);
      }
      tuples.addAll(ofElements(inner));
    }
    return tuples;
  }

  /** As {@link #tuples}, but an array that is an element itself is not taken apart. */
  private static List<List<@Nullable Object>> ofElements(List<Part> parts) {
    List<Part> inner = new ArrayList<>();
    for (Part part : parts) {
      boolean isArray = part.value() instanceof List<?>;
      if (isArray && part.isDone()) {
        inner.add(
            new Part(
                new Whole((List<?>) java.util.Objects.requireNonNull(part.value())), part.path()));
      } else {
        inner.add(isArray ? new Part(null, List.of()) : part);
      }
    }
    List<List<@Nullable Object>> tuples = new ArrayList<>();
    for (List<@Nullable Object> tuple : tuples(inner)) {
      tuples.add(
          Values.list(tuple.stream().map(v -> v instanceof Whole w ? w.list() : v).toList()));
    }
    return tuples;
  }

  /** An array that stands for itself. */
  private record Whole(List<?> list) {}
}
