package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the values of options: JSON, files, lists with commas. Stateless. */
final class Arguments {
  private Arguments() {}

  /** JSON if it begins like a list or map, or what such a file holds. */
  static @Nullable Object json(String option, String text) {
    String json = looksLikeJson(text) ? text : readFile(option, text);
    try {
      return Json.read(json);
    } catch (PostilException e) {
      throw new PostilException(
          ErrorCode.INVALID_FILE,
          option + ": " + e.getMessage(),
          "Give valid JSON, or the path of a file that holds it.",
          e);
    }
  }

  static boolean looksLikeJson(String text) {
    String stripped = text.strip();
    return stripped.startsWith("{") || stripped.startsWith("[");
  }

  private static String readFile(String option, String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw new PostilException(
          ErrorCode.UNREADABLE_FILE,
          option + ": cannot read the file " + file,
          "Give JSON, which begins with { or [, or the path of a file that holds it.",
          e);
    }
  }

  /** The parts of a text with commas. */
  static List<String> list(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }

  /** A list with commas as a value, or JSON. */
  static @Nullable Object listOrJson(String option, String text) {
    return looksLikeJson(text) || text.endsWith(".json")
        ? json(option, text)
        : Values.list(list(text));
  }

  /** {@code true}, {@code false}, names with commas, JSON or the path of a JSON file. */
  static @Nullable Object attributes(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> listOrJson("--attributes", text);
    };
  }
}
