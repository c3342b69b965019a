package io.postil.testkit.cvat;

import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Lists in pages, with the filters, the search and the order a client asks for. */
final class Lists {
  private static final int DEFAULT_SIZE = 10;

  /**
   * What can be asked of a list.
   *
   * @param exact fields that may be query parameters of their own
   * @param search fields that {@code search} looks at
   * @param terms fields that {@code filter} and {@code sort} know
   */
  record Rules(Set<String> exact, Set<String> search, Set<String> terms) {}

  private Lists() {}

  /** A page of a list that was filtered already. */
  static Entity page(Call call, List<?> all) {
    String sizeText = call.query.getOrDefault("page_size", String.valueOf(DEFAULT_SIZE));
    int size = sizeText.equals("all") ? Math.max(1, all.size()) : number(sizeText, DEFAULT_SIZE);
    int page = number(call.query.getOrDefault("page", "1"), 0);
    int from = (page - 1) * size;
    if (page < 1 || from >= all.size() && page > 1) {
      throw ApiError.detail(404, "Invalid page.");
    }
    int to = Math.min(all.size(), from + size);
    return Entity.of(
        "count",
        all.size(),
        "next",
        to < all.size() ? address(call, page + 1) : null,
        "previous",
        page > 1 ? address(call, page - 1) : null,
        "results",
        all.subList(from, to));
  }

  private static int number(String text, int otherwise) {
    try {
      int number = Integer.parseInt(text);
      return number > 0 ? number : otherwise;
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static String address(Call call, int page) {
    TreeMap<String, String> query = new TreeMap<>(call.query);
    query.remove("page");
    if (page > 1) {
      query.put("page", String.valueOf(page));
    }
    StringBuilder text = new StringBuilder(call.root()).append(call.path);
    char separator = '?';
    for (var entry : query.entrySet()) {
      text.append(separator)
          .append(entry.getKey())
          .append('=')
          .append(URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8));
      separator = '&';
    }
    return text.toString();
  }

  /** A page of what is left after the filters of the request, in the order asked for. */
  static Entity select(Call call, List<Entity> all, Rules rules) {
    List<Entity> left = new ArrayList<>(all);
    for (String name : rules.exact()) {
      String wanted = call.query.get(name);
      if (wanted != null) {
        left.removeIf(e -> !wanted.equals(text(e, name)));
      }
    }
    String search = call.query.get("search");
    if (search != null) {
      left.removeIf(e -> rules.search().stream().noneMatch(name -> text(e, name).contains(search)));
    }
    String filter = call.query.get("filter");
    if (filter != null && !filter.isEmpty()) {
      Object logic;
      try {
        logic = Json.read(filter);
      } catch (PostilException e) {
        throw ApiError.invalid("filter: invalid JSON");
      }
      check(logic, rules);
      left.removeIf(e -> !truth(evaluate(logic, e)));
    }
    String sort = call.query.getOrDefault("sort", "-id");
    boolean descending = sort.startsWith("-");
    String field = descending ? sort.substring(1) : sort;
    Comparator<Entity> order = (a, b) -> compare(a.get(field), b.get(field));
    left.sort(descending ? order.reversed() : order);
    return page(call, left);
  }

  private static String text(Entity entity, String name) {
    Object value = entity.get(name);
    if (value instanceof Entity person && person.get("username") != null) {
      return String.valueOf(person.get("username"));
    }
    return String.valueOf(value);
  }

  private static int compare(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return Double.compare(x.doubleValue(), y.doubleValue());
    }
    return String.valueOf(a).compareTo(String.valueOf(b));
  }

  private static void check(@Nullable Object logic, Rules rules) {
    if (logic instanceof Document operation) {
      operation.forEach(
          (operator, operands) -> {
            if (operator.equals("var") && !rules.terms().contains(String.valueOf(operands))) {
              throw ApiError.invalid("filter: '" + operands + "' term is not supported");
            }
            check(operands, rules);
          });
    } else if (logic instanceof List<?> list) {
      list.forEach(l -> check(l, rules));
    }
  }

  private static @Nullable Object evaluate(@Nullable Object logic, Entity entity) {
    if (!(logic instanceof Document operation) || operation.size() != 1) {
      return logic;
    }
    String operator = operation.nameAt(0);
    if (operator.equals("var")) {
      return entity.get(String.valueOf(operation.valueAt(0)));
    }
    List<@Nullable Object> operands = new ArrayList<>();
    for (Object operand : operation.getList(operator)) {
      operands.add(evaluate(operand, entity));
    }
    return switch (operator) {
      case "and" -> operands.stream().allMatch(Lists::truth);
      case "or" -> operands.stream().anyMatch(Lists::truth);
      case "==" -> same(operands.get(0), operands.get(1));
      case "in" ->
          operands.get(1) instanceof List<?> list
              && list.stream().anyMatch(l -> same(operands.get(0), l));
      default -> throw ApiError.invalid("filter: operator '" + operator + "' is not supported");
    };
  }

  private static boolean same(@Nullable Object a, @Nullable Object b) {
    return Values.same(a, b) || String.valueOf(a).equals(String.valueOf(b));
  }

  private static boolean truth(@Nullable Object value) {
    return Boolean.TRUE.equals(value);
  }
}
