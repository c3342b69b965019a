package io.postil.cli;

import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.Parameter;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.engine.config.Backends;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code --backend-param}: what a command hands to the backend of a run. */
final class BackendParameters {
  private Map<String, String> given = new LinkedHashMap<>();

  void syntax(Syntax syntax) {
    syntax.pairs(
        "--backend-param",
        "NAME=VALUE",
        "A parameter of the backend; can be given several times.",
        v -> given = v);
  }

  /**
   * The parameters that were given; each is of the type that the backend says.
   *
   * @param backend null for the default backend
   */
  Document values(Backends backends, @Nullable String backend) {
    String name = backend == null ? backends.config().defaultBackend() : backend;
    AnnotationBackendProvider provider = backends.provider(name);
    Document.Builder values = Document.builder();
    given.forEach((parameter, text) -> values.put(parameter, value(provider, parameter, text)));
    return values.build();
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
      case LIST -> Values.list(Arguments.list(text));
      case INTEGER, BOOLEAN, ANY -> guess(text);
    };
  }

  private static @Nullable Object guess(String text) {
    if (Arguments.looksLikeJson(text)
        || text.matches("true|false|null|-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?")) {
      return Json.read(text);
    }
    return text;
  }
}
