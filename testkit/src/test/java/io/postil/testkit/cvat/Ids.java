package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which id of the emulator stands for which recorded one, by kind. */
final class Ids {
  private static final Map<String, String> BODY =
      Map.of(
          "label_id",
          "label",
          "spec_id",
          "spec",
          "project_id",
          "project",
          "task_id",
          "task",
          "job",
          "job",
          "issue",
          "issue",
          "cloud_storage_id",
          "storage");
  private static final Pattern PATH =
      Pattern.compile("/(task|job|project|label|organization|issue|webhook)s/(\\d+)");
  private static final Pattern QUERY = Pattern.compile("(task|job|project|issue|org)_id=(\\d+)");
  private static final Pattern UPLOAD = Pattern.compile("/data/([0-9a-f-]{36})");

  private final Map<String, String> known = new HashMap<>();

  void put(String kind, Object recorded, Object actual) {
    known.put(kind + " " + recorded, String.valueOf(actual));
  }

  boolean knows(String kind, Object recorded) {
    return known.containsKey(kind + " " + recorded);
  }

  String get(String kind, Object recorded) {
    return known.getOrDefault(kind + " " + recorded, String.valueOf(recorded));
  }

  String path(String path) {
    Matcher upload = UPLOAD.matcher(path);
    String text = upload.find() ? path.replace(upload.group(1), get("upload", "last")) : path;
    text =
        PATH.matcher(text).replaceAll(m -> "/" + m.group(1) + "s/" + get(m.group(1), m.group(2)));
    return QUERY
        .matcher(text)
        .replaceAll(
            m ->
                m.group(1)
                    + "_id="
                    + get(m.group(1).equals("org") ? "organization" : m.group(1), m.group(2)));
  }

  @Nullable Object body(@Nullable Object body) {
    return body(body, "");
  }

  private @Nullable Object body(@Nullable Object value, String within) {
    if (value instanceof Document document) {
      Document.Builder out = Document.builder();
      document.forEach(
          (name, entry) -> {
            String kind = name.equals("id") ? kindOfId(within) : BODY.get(name);
            boolean mapped = kind != null && entry instanceof Number && knows(kind, entry);
            out.put(name, mapped ? Integer.valueOf(get(kind, entry)) : body(entry, name));
          });
      return out.build();
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> out = new ArrayList<>();
      list.forEach(e -> out.add(body(e, within)));
      return Values.list(out);
    }
    return value;
  }

  static @Nullable String kindOfId(String within) {
    return switch (within) {
      case "labels" -> "label";
      case "tags", "shapes", "tracks" -> within;
      default -> null;
    };
  }
}
