package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.Parameter;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.engine.config.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  /** Parameters of a backend; the type of each is the one the backend says. */
  static Document parameters(Backends backends, @Nullable String name, Map<String, String> given) {
    String backend = name == null ? backends.config().defaultBackend() : name;
    AnnotationBackendProvider provider = backends.provider(backend);
    Document.Builder out = Document.builder();
    given.forEach((parameter, text) -> out.put(parameter, value(provider, parameter, text)));
    return out.build();
  }

  private static @Nullable Object value(
      @Nullable AnnotationBackendProvider provider, String name, String text) {
    Parameter.Type type = Parameter.Type.ANY;
    if (provider != null) {
      for (Parameter parameter : provider.parameters()) {
        type = parameter.name().equals(name) ? parameter.type() : type;
      }
    }
    return switch (type) {
      case TEXT -> text;
      case LIST -> Values.list(list(text));
      case INTEGER, BOOLEAN, ANY -> guess(text);
    };
  }

  private static @Nullable Object guess(String text) {
    if (looksLikeJson(text) || text.matches("true|false|null|-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?")) {
      return Json.read(text);
    }
    return text;
  }
}
