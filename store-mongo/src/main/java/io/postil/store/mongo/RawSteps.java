package io.postil.store.mongo;

import io.postil.core.value.Document;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** MongoDB's own steps in a view, as far as samples are samples after them. Stateless. */
final class RawSteps {
  private static final Set<String> CHOOSES =
      Set.of("$match", "$sort", "$limit", "$skip", "$sample");
  private static final Set<String> CHANGES = Set.of("$set", "$addFields");

  private RawSteps() {}

  /** Whether all steps are such; what else a pipeline may do the evaluator does. */
  static boolean areKnown(List<?> pipeline) {
    for (Object step : pipeline) {
      if (!(step instanceof Document d) || d.size() != 1 || !isKnown(d)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isKnown(Document step) {
    if (!CHANGES.contains(step.nameAt(0))) {
      return chooses(step) || step.nameAt(0).equals("$unset");
    }
    if (!(step.valueAt(0) instanceof Document fields)) {
      return false;
    }
    boolean known = true;
    for (int i = 0; i < fields.size(); i++) {
      // An object that is no expression would be merged into the value that is there.
      known &=
          !(fields.valueAt(i) instanceof Document d)
              || d.size() == 1 && d.nameAt(0).startsWith("$");
    }
    return known;
  }

  /** Whether a step only chooses and sorts. */
  static boolean chooses(Document step) {
    return CHOOSES.contains(step.nameAt(0));
  }

  /** The fields that show other values after a step. */
  static Set<String> assigned(Document step) {
    Set<String> fields = new HashSet<>();
    if (CHANGES.contains(step.nameAt(0)) && step.valueAt(0) instanceof Document d) {
      d.names().forEach(path -> fields.add(path.split("\\.", -1)[0]));
    }
    return fields;
  }
}
