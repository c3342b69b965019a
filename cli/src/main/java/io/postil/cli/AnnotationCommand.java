package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.Capabilities;
import io.postil.core.annotation.Parameter;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.engine.config.AnnotationConfig;
import io.postil.engine.config.Backends;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code postil annotation}. */
final class AnnotationCommand extends Group {
  AnnotationCommand() {
    super(command("config", Config::new), command("backends", ListBackends::new));
  }

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("See how annotation is configured.")
        .footer("Example: postil annotation backends");
  }

  static final class Config extends Command {
    private @Nullable String field;
    private boolean locate;
    private boolean explain;
    private final Common common = new Common();

    @Override
    void syntax(Syntax syntax) {
      syntax
          .description("Print the annotation configuration; secrets are masked.")
          .footer(
              "Examples:",
              "  postil annotation config",
              "  postil annotation config default_backend",
              "  postil annotation config backends.cvat.url --explain",
              "  postil annotation config --locate");
      syntax
          .parameter("FIELD", "Only this value, such as backends.cvat.url.", v -> field = v)
          .arity("0..1");
      syntax
          .flag("--locate", "Print the path of the file.", v -> locate = v)
          .names("-l", "--locate");
      syntax.flag("--explain", "Say where each value comes from.", v -> explain = v);
      common.syntax(syntax);
    }

    @Override
    public Integer call() {
      AnnotationConfig config = common.main().backends().config();
      common.warn(config.warnings());
      if (locate) {
        common.out().println(config.file());
      } else if (explain) {
        explain(config);
      } else {
        Object value = field == null ? config.masked() : find(config.masked(), field);
        common.out().println(text(value));
      }
      return 0;
    }

    private String text(@Nullable Object value) {
      if (value instanceof String s && !common.json()) {
        return s;
      }
      return common.json() ? Json.write(value) : Indented.write(value);
    }

    private static @Nullable Object find(Document config, String path) {
      Object value = config;
      for (String name : path.split("\\.", -1)) {
        if (!(value instanceof Document document) || !document.contains(name)) {
          List<String> known = value instanceof Document d ? d.names() : List.of();
          throw new PostilException(
              ErrorCode.UNKNOWN_FIELD,
              "the annotation configuration has no '" + path + "'",
              Nearest.hint(name, known));
        }
        value = document.get(name);
      }
      return value;
    }

    private void explain(AnnotationConfig config) {
      Document masked = config.masked();
      List<Document> rows = new ArrayList<>();
      add(rows, "default_backend", masked.get("default_backend"), config);
      masked
          .getDocument("backends")
          .forEach(
              (backend, parameters) -> {
                if (parameters instanceof Document document) {
                  document.forEach(
                      (name, value) ->
                          add(rows, "backends." + backend + "." + name, value, config));
                }
              });
      if (field != null && rows.isEmpty()) {
        find(masked, field);
      }
      if (common.json()) {
        common.out().println(Json.write(Values.list(rows)));
        return;
      }
      TextTable table = new TextTable("value", "is", "from");
      for (Document row : rows) {
        table.row(
            row.getString("field", ""), Json.write(row.get("value")), row.getString("origin", ""));
      }
      table.print(common.out());
    }

    private void add(
        List<Document> rows, String path, @Nullable Object value, AnnotationConfig config) {
      if (field != null && !path.equals(field) && !path.startsWith(field + ".")) {
        return;
      }
      String name = path.startsWith("backends.") ? path.substring("backends.".length()) : path;
      rows.add(
          Document.builder()
              .put("field", path)
              .put("value", value)
              .put("origin", origin(config, name))
              .build());
    }

    private static String origin(AnnotationConfig config, String name) {
      return switch (config.origin(name)) {
        case RUNTIME -> "this process";
        case ENVIRONMENT -> "environment";
        case FILE -> config.file().toString();
        case DEFAULT -> "default";
      };
    }
  }

  static final class ListBackends extends Command {
    private @Nullable String backend;
    private final Common common = new Common();

    @Override
    void syntax(Syntax syntax) {
      syntax
          .description("List the annotation backends, or what one can do.")
          .footer(
              "Examples:",
              "  postil annotation backends",
              "  postil annotation backends cvat --json");
      syntax.parameter("BACKEND", "Only this backend.", v -> backend = v).arity("0..1");
      common.syntax(syntax);
    }

    @Override
    public Integer call() {
      Backends backends = common.main().backends();
      common.warn(backends.config().warnings());
      if (backend != null) {
        common.print(details(backends, backend));
        return 0;
      }
      List<Document> rows = new ArrayList<>();
      for (String name : backends.config().backends()) {
        rows.add(summary(backends, name));
      }
      if (common.json()) {
        common.out().println(Json.write(Values.list(rows)));
        return 0;
      }
      TextTable table = new TextTable("backend", "default", "installed", "media", "title");
      for (Document row : rows) {
        table.row(
            row.getString("name", ""),
            row.getBoolean("default", false) ? "yes" : "",
            row.getBoolean("installed", false) ? "yes" : "no",
            String.join(", ", row.getList("media").stream().map(String::valueOf).toList()),
            row.getString("title", "-"));
      }
      table.print(common.out());
      return 0;
    }

    private static Document summary(Backends backends, String name) {
      AnnotationBackendProvider provider = backends.provider(name);
      Document.Builder out =
          Document.builder()
              .put("name", name)
              .put("default", name.equals(backends.config().defaultBackend()))
              .put("installed", provider != null);
      if (provider != null) {
        out.put("title", provider.title());
        try (AnnotationBackend open = backends.open(name, Document.empty())) {
          out.put(
              "media", names(open.capabilities().mediaTypes().stream().map(m -> m.id()).toList()));
        }
      }
      return out.build();
    }

    private static Document details(Backends backends, String name) {
      try (AnnotationBackend open = backends.open(name, Document.empty())) {
        Capabilities can = open.capabilities();
        return summary(backends, name).toBuilder()
            .put("label_types", names(can.labelTypes().stream().map(t -> t.id()).toList()))
            .put("scalar_types", names(can.scalarTypes().stream().map(t -> t.id()).toList()))
            .put("attribute_types", names(can.attributeTypes()))
            .put("attribute_types_with_values", names(can.attributeTypesWithValues()))
            .put("clips", can.clipsViews())
            .put("keyframes", can.keyframes())
            .put("video_sample_fields", can.videoSampleFields())
            .put("requires_schema", can.requiresSchema())
            .put("batch_samples", can.batchSamples())
            .put("parameters", parameters(backends.provider(name)))
            .build();
      }
    }

    private static Object names(Collection<String> names) {
      return Values.list(names.stream().sorted().toList());
    }

    private static Document parameters(@Nullable AnnotationBackendProvider provider) {
      Document.Builder out = Document.builder();
      if (provider != null) {
        for (Parameter parameter : provider.parameters()) {
          out.put(parameter.name(), (parameter.secret() ? "(secret) " : "") + parameter.help());
        }
      }
      return out.build();
    }
  }
}
