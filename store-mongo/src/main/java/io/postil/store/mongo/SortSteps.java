package io.postil.store.mongo;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps that put samples into an order. A method that gives null leaves it to the evaluator.
 */
final class SortSteps {
  private SortSteps() {}

  /** In the order of ids. */
  static List<Document> byIds(List<?> ids) {
    return by(List.of(Document.of("$indexOfArray", Values.listOf(ids, "$_id"))), List.of(1));
  }

  static List<Document> shuffled(long randint) {
    return by(List.of(Document.of("$mod", Values.listOf(randint, "$_rand"))), List.of(1));
  }

  /** Sorts by expressions (documents) and paths (texts). */
  private static List<Document> by(List<?> keys, List<Integer> signs) {
    Document.Builder computed = Document.builder();
    Document.Builder order = Document.builder();
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i) instanceof String path && !path.startsWith("$")) {
        order.put(ViewPipeline.storedPath(path), signs.get(i));
      } else {
        computed.put("_sort_key" + i, keys.get(i));
        order.put("_sort_key" + i, signs.get(i));
      }
    }
    List<String> names = computed.build().names();
    List<Document> steps = new ArrayList<>();
    if (!names.isEmpty()) {
      steps.add(Document.of("$addFields", computed.build()));
    }
    steps.add(Document.of("$sort", order.build()));
    if (!names.isEmpty()) {
      steps.add(Document.of("$unset", names));
    }
    return steps;
  }

  static @Nullable List<Document> of(Stage.SortBy s) {
    List<Object> keys = new ArrayList<>();
    List<Integer> signs = new ArrayList<>();
    int sign = s.reverse() ? -1 : 1;
    if (s.fieldOrExpr() instanceof List<?> list) {
      for (Object element : list) {
        if (element instanceof List<?> pair && pair.size() == 2 && pair.get(0) != null) {
          boolean down =
              pair.get(1) instanceof Number n
                  ? n.intValue() < 0
                  : String.valueOf(pair.get(1)).startsWith("d")
                      || String.valueOf(pair.get(1)).startsWith("D");
          keys.add(pair.get(0));
          signs.add(down ? -sign : sign);
        } else if (element != null) {
          keys.add(element);
          signs.add(sign);
        }
      }
    } else {
      keys.add(s.fieldOrExpr());
      signs.add(sign);
    }
    return new HashSet<>(keys).size() == keys.size() ? by(keys, signs) : null;
  }
}
