package io.postil.core.viewtext;

import io.postil.core.value.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a stage, function or aggregation is called and takes, written as people read it: {@code
 * take(size, seed=51)}, {@code select(ids..., ordered=false)}. Immutable.
 *
 * @param name its name
 * @param parameters in order; after one that takes all the rest, the others need their names
 */
record Signature(String name, List<Parameter> parameters) {
  /**
   * One parameter.
   *
   * @param name its name
   * @param rest whether it takes any number of arguments
   * @param optional whether it can be left out
   * @param absent what it is if it is left out: a constant
   */
  record Parameter(String name, boolean rest, boolean optional, @Nullable Object absent) {
    @Override
    public String toString() {
      return rest ? name + "..." : optional ? name + "=" + Json.write(absent) : name;
    }
  }

  static Signature of(String text) {
    int bracket = text.indexOf('(');
    List<Parameter> parameters = new ArrayList<>();
    String inside = text.substring(bracket + 1, text.length() - 1);
    for (String parameter : inside.isEmpty() ? new String[0] : inside.split(", ", -1)) {
      int equal = parameter.indexOf('=');
      if (equal >= 0) {
        Object absent = Json.read(parameter.substring(equal + 1));
        parameters.add(new Parameter(parameter.substring(0, equal), false, true, absent));
      } else if (parameter.endsWith("...")) {
        String name = parameter.substring(0, parameter.length() - 3);
        parameters.add(new Parameter(name, true, true, List.of()));
      } else {
        parameters.add(new Parameter(parameter, false, false, null));
      }
    }
    return new Signature(text.substring(0, bracket), List.copyOf(parameters));
  }

  @Nullable Parameter find(String wanted) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equals(wanted)) {
        return parameter;
      }
    }
    return null;
  }

  /** The parameter that takes the argument at a position; null if none does. */
  @Nullable Parameter at(int position) {
    for (int i = 0; i < parameters.size() && i <= position; i++) {
      if (i == position || parameters.get(i).rest()) {
        return parameters.get(i);
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return name
        + "("
        + String.join(", ", parameters.stream().map(Parameter::toString).toList())
        + ")";
  }
}
