package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares an answer with the recorded one and learns the ids in it. */
final class Comparison {
  /** What differs between any two servers. */
  private static final Set<String> VARIES =
      Set.of(
          "url",
          "next",
          "previous",
          "created_date",
          "updated_date",
          "last_login",
          "date_joined",
          "joined_date",
          "color",
          "description",
          "data",
          "key",
          "invitation",
          "target_url",
          "chunk_size",
          "data_chunk_size",
          "organization",
          "importers",
          "exporters",
          "svg",
          "remote_files",
          "data_original_chunk_type",
          "keyframe",
          "first_name",
          "name_of_file",
          "message");

  private static final Set<String> IDS =
      Set.of("id", "task_id", "job", "job_id", "project_id", "parent_id", "issue", "webhook_id");

  private final Ids ids;
  private final boolean loose;
  private final List<String> found;

  Comparison(Ids ids, boolean loose, List<String> found) {
    this.ids = ids;
    this.loose = loose;
    this.found = found;
  }

  void compare(@Nullable Object recorded, @Nullable Object actual) {
    compare("", "", recorded, actual);
  }

  private void compare(
      String path, String within, @Nullable Object recorded, @Nullable Object actual) {
    if (recorded instanceof Document expected && actual instanceof Document given) {
      objects(path, within, expected, given);
    } else if (recorded instanceof List<?> expected && actual instanceof List<?> given) {
      lists(path, within, expected, given);
    } else if (recorded instanceof Number a && actual instanceof Number b) {
      if (Math.abs(a.doubleValue() - b.doubleValue()) > 1e-9) {
        found.add(path + " is " + b + " instead of " + a);
      }
    } else if (recorded instanceof String text && text.startsWith("JSON parse error")) {
      if (!(actual instanceof String other) || !other.startsWith("JSON parse error")) {
        found.add(path + " is " + actual);
      }
    } else if (recorded instanceof String text
        && actual instanceof String other
        && text.replaceAll("`\\d+`|\\d+ seconds", "#")
            .equals(other.replaceAll("`\\d+`|\\d+ seconds", "#"))) {
      return;
    } else if (recorded == null ? actual != null : !recorded.equals(actual)) {
      found.add(path + " is " + brief(actual) + " instead of " + brief(recorded));
    }
  }

  private static String brief(@Nullable Object value) {
    String text = Json.write(value);
    return text.length() > 300 ? text.substring(0, 300) + "..." : text;
  }

  private void objects(String path, String within, Document expected, Document given) {
    learn(within, expected, given);
    for (String name : expected.names()) {
      if (!given.contains(name) && !name.equals("keyframe") && !name.equals("__left_out__")) {
        found.add(path + "." + name + " is missing");
      } else if (name.equals("label_id") || name.equals("spec_id")) {
        String kind = name.equals("label_id") ? "label" : "spec";
        String wanted = ids.get(kind, String.valueOf(expected.get(name)));
        if (!wanted.equals(String.valueOf(given.get(name)))) {
          found.add(path + "." + name + " is " + given.get(name) + " instead of " + wanted);
        }
      } else if (!VARIES.contains(name)
          && !IDS.contains(name)
          && !(loose && Set.of("results", "count", "shapes").contains(name))) {
        compare(path + "." + name, name, expected.get(name), given.get(name));
      }
    }
    for (String name : given.names()) {
      if (!expected.contains(name)
          && !expected.contains("__left_out__")
          && !path.contains("plugins")) {
        found.add(path + "." + name + " is too much");
      }
    }
  }

  private void learn(String within, Document expected, Document given) {
    Object recorded = expected.get("id");
    Object actual = given.get("id");
    if (recorded == null || actual == null) {
      return;
    }
    String kind = Ids.kindOfId(within);
    if (kind == null) {
      String url = expected.getString("url", "");
      kind =
          url.contains("/tasks/")
              ? "task"
              : url.contains("/jobs/")
                  ? "job"
                  : url.contains("/projects/")
                      ? "project"
                      : url.contains("/webhooks/")
                          ? "webhook"
                          : expected.contains("input_type")
                              ? "spec"
                              : expected.contains("sublabels") || expected.contains("has_parent")
                                  ? "label"
                                  : expected.contains("slug")
                                      ? "organization"
                                      : expected.contains("position") ? "issue" : "other";
    }
    ids.put(kind, recorded, actual);
  }

  private void lists(String path, String within, List<?> expected, List<?> given) {
    boolean cut =
        expected.stream().anyMatch(e -> e instanceof Document d && d.contains("__left_out__"));
    List<Object> wanted =
        new ArrayList<>(
            expected.stream()
                .filter(e -> !(e instanceof Document d && d.contains("__left_out__")))
                .toList());
    List<Object> there = new ArrayList<>(given);
    if (!cut && wanted.size() != there.size() || cut && there.size() < wanted.size()) {
      found.add(path + " has " + brief(there) + " instead of " + brief(wanted));
      return;
    }
    boolean objects = wanted.stream().allMatch(w -> w instanceof Document);
    if (objects && !cut && !within.equals("results")) {
      wanted.sort(Comparator.comparing(w -> sortKey(w, true)));
      there.sort(Comparator.comparing(t -> sortKey(t, false)));
    }
    for (int i = 0; i < wanted.size(); i++) {
      compare(path + "[" + i + "]", within, wanted.get(i), there.get(i));
    }
  }

  /** Lists whose order says nothing are compared in the order of their contents. */
  private String sortKey(@Nullable Object value, boolean recorded) {
    if (!(value instanceof Document d)) {
      return String.valueOf(value);
    }
    StringBuilder key = new StringBuilder();
    for (String name :
        List.of("frame", "type", "label_id", "spec_id", "name", "shapes", "points")) {
      Object entry = d.get(name);
      if (entry instanceof Number n) {
        String kind = name.equals("label_id") ? "label" : name.equals("spec_id") ? "spec" : "";
        entry =
            recorded && !kind.isEmpty()
                ? String.format("%09d", Long.valueOf(ids.get(kind, n)))
                : String.format("%09d", n.longValue());
      } else if (entry instanceof List<?> list) {
        entry = name.equals("points") ? doubles(list) : list.size();
      }
      key.append(entry).append('|');
    }
    return key.toString();
  }

  private static String doubles(List<?> list) {
    return list.stream()
        .map(p -> p instanceof Number n ? n.doubleValue() : 0.0)
        .toList()
        .toString();
  }
}
