package io.postil.engine.config;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.Parameter;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The annotation configuration as FiftyOne's users have it: the default backend and the parameters
 * of each backend. A value comes, in this order, from an edit at run time, the environment, the
 * JSON file, the defaults. Thread-safe.
 */
public final class AnnotationConfig {
  /** The backend used where nothing says otherwise: our own editor. */
  public static final String LOCAL = "local";

  private static final String PATH = "FIFTYONE_ANNOTATION_CONFIG_PATH";
  private static final String DEFAULT_BACKEND = "FIFTYONE_ANNOTATION_DEFAULT_BACKEND";
  private static final String BACKENDS = "FIFTYONE_ANNOTATION_BACKENDS";

  /** Where a value comes from. */
  public enum Origin {
    RUNTIME,
    ENVIRONMENT,
    FILE,
    DEFAULT
  }

  /**
   * A backend that is there without being configured.
   *
   * @param name its name
   * @param configClass the class that FiftyOne's configuration names, or ours
   * @param url its usual address, or null
   */
  public record BuiltIn(String name, String configClass, @Nullable String url) {}

  /** The backends that are there without being configured. */
  public static final List<BuiltIn> BUILT_IN =
      List.of(
          new BuiltIn(LOCAL, "io.postil.backends.local.LocalBackend", null),
          new BuiltIn("cvat", "fiftyone.utils.cvat.CVATBackendConfig", "https://app.cvat.ai"),
          new BuiltIn(
              "labelbox", "fiftyone.utils.labelbox.LabelboxBackendConfig", "https://labelbox.com"),
          new BuiltIn(
              "labelstudio",
              "fiftyone.utils.labelstudio.LabelStudioBackendConfig",
              "https://labelstud.io"));

  private static final Set<String> TEXT_PARAMETERS =
      Set.of(
          "url", "username", "password", "email", "api_key", "token", "organization", "config_cls");
  private static final List<String> SECRET_WORDS =
      List.of("password", "api_key", "apikey", "token", "secret", "credential", "private_key");

  private final Path file;
  private String defaultBackend;
  private final Map<String, Map<String, @Nullable Object>> backends = new LinkedHashMap<>();
  private final Map<String, Origin> origins = new LinkedHashMap<>();
  private final Document others;
  private final List<String> warnings = new ArrayList<>();
  private final Collection<AnnotationBackendProvider> providers;

  private AnnotationConfig(
      Path file,
      Document json,
      Map<String, String> env,
      Collection<AnnotationBackendProvider> providers) {
    this.file = file;
    this.providers = providers;
    this.others = json.without("default_backend").without("backends");
    fromFile(json);
    List<String> exposed = exposed(env);
    backends.keySet().retainAll(exposed);
    exposed.forEach(name -> backends.computeIfAbsent(name, n -> new LinkedHashMap<>()));
    fromEnvironment(env);
    fromDefaults();
    defaultBackend = chooseDefault(json, env);
  }

  /**
   * Reads the configuration.
   *
   * @param env the environment
   * @param userHome the user's home directory
   * @param providers the backends at hand
   * @throws PostilException with {@code CONFIG_WRONG_TYPE} or {@code INVALID_FILE}
   */
  public static AnnotationConfig read(
      Map<String, String> env, Path userHome, Collection<AnnotationBackendProvider> providers) {
    String path = env.get(PATH);
    Path file =
        path != null && !path.isEmpty()
            ? Path.of(path)
            : userHome.resolve(".fiftyone").resolve("annotation_config.json");
    Document json;
    try {
      json = Json.readDocument(Files.readString(file));
    } catch (NoSuchFileException e) {
      json = Document.empty();
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNREADABLE_FILE,
          "cannot read the annotation configuration " + file,
          e.getMessage(),
          e);
    } catch (PostilException e) {
      throw new PostilException(
          ErrorCode.INVALID_FILE,
          "the annotation configuration " + file + " is not valid JSON: " + e.getMessage(),
          "Correct the file.",
          e);
    }
    return new AnnotationConfig(file, json, env, providers);
  }

  private void fromFile(Document json) {
    if (json.contains("backends") && !(json.get("backends") instanceof Document)) {
      throw wrongType("backends must be a map, but is " + json.get("backends"));
    }
    json.getDocument("backends")
        .forEach(
            (name, parameters) -> {
              if (!(parameters instanceof Document document)) {
                throw wrongType("the parameters of the backend '" + name + "' must be a map");
              }
              Map<String, @Nullable Object> values = new LinkedHashMap<>(document.toMap());
              values.keySet().forEach(p -> origins.put(name + "." + p, Origin.FILE));
              backends.put(name, values);
            });
  }

  private PostilException wrongType(String message) {
    return new PostilException(ErrorCode.CONFIG_WRONG_TYPE, message, "Correct " + file + ".");
  }

  private List<String> exposed(Map<String, String> env) {
    Set<String> names = new LinkedHashSet<>();
    String listed = env.get(BACKENDS);
    if (listed == null || listed.isBlank()) {
      names.addAll(backends.keySet());
      BUILT_IN.forEach(b -> names.add(b.name()));
      providers.forEach(p -> names.add(p.name()));
      return List.copyOf(names);
    }
    for (String name : listed.split(",", -1)) {
      if (name.strip().equals("*")) {
        BUILT_IN.forEach(b -> names.add(b.name()));
        names.addAll(backends.keySet());
      } else if (!name.isBlank()) {
        names.add(name.strip());
      }
    }
    return List.copyOf(names);
  }

  private void fromEnvironment(Map<String, String> env) {
    List<String> longestFirst = new ArrayList<>(backends.keySet());
    longestFirst.sort((a, b) -> b.length() - a.length());
    new java.util.TreeMap<>(env)
        .forEach(
            (variable, text) -> {
              for (String name : longestFirst) {
                String prefix = "FIFTYONE_" + name.toUpperCase(Locale.ROOT) + "_";
                if (variable.startsWith(prefix) && variable.length() > prefix.length()) {
                  String parameter = variable.substring(prefix.length()).toLowerCase(Locale.ROOT);
                  parametersOf(name).put(parameter, typed(name, parameter, text));
                  origins.put(name + "." + parameter, Origin.ENVIRONMENT);
                  return;
                }
              }
            });
  }

  private void fromDefaults() {
    for (BuiltIn builtIn : BUILT_IN) {
      Map<String, @Nullable Object> parameters = backends.get(builtIn.name());
      if (parameters == null) {
        continue;
      }
      setDefault(builtIn.name(), parameters, "config_cls", builtIn.configClass());
      if (builtIn.url() != null) {
        setDefault(builtIn.name(), parameters, "url", builtIn.url());
      }
    }
    for (AnnotationBackendProvider provider : providers) {
      Map<String, @Nullable Object> parameters = backends.get(provider.name());
      if (parameters != null
          && BUILT_IN.stream().noneMatch(b -> b.name().equals(provider.name()))
          && !provider.configClasses().isEmpty()) {
        setDefault(provider.name(), parameters, "config_cls", provider.configClasses().get(0));
      }
    }
  }

  private void setDefault(
      String backend, Map<String, @Nullable Object> parameters, String name, Object value) {
    if (!parameters.containsKey(name)) {
      parameters.put(name, value);
      origins.put(backend + "." + name, Origin.DEFAULT);
    }
  }

  private String chooseDefault(Document json, Map<String, String> env) {
    String fromEnv = env.getOrDefault(DEFAULT_BACKEND, "");
    String chosen = LOCAL;
    Origin origin = Origin.DEFAULT;
    if (!fromEnv.isEmpty()) {
      chosen = fromEnv;
      origin = Origin.ENVIRONMENT;
    } else if (json.get("default_backend") instanceof String configured) {
      chosen = configured;
      origin = Origin.FILE;
    } else if (json.get("default_backend") != null) {
      throw wrongType(
          "default_backend must be the name of a backend, but is " + json.get("default_backend"));
    }
    if (!backends.containsKey(chosen) && !backends.isEmpty()) {
      String first = new TreeSet<>(backends.keySet()).first();
      if (origin != Origin.DEFAULT) {
        warnings.add(
            "the default backend '"
                + chosen
                + "' is not among the backends; using '"
                + first
                + "'");
      }
      chosen = first;
    }
    origins.put("default_backend", origin);
    return chosen;
  }

  private Map<String, @Nullable Object> parametersOf(String backend) {
    return backends.computeIfAbsent(backend, b -> new LinkedHashMap<>());
  }

  // --- values ---------------------------------------------------------------------------------

  /** The file it was read from, whether it exists or not. */
  public Path file() {
    return file;
  }

  /** The backend used where a request names none. */
  public synchronized String defaultBackend() {
    return defaultBackend;
  }

  /** What is odd about the configuration. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** The names of the backends. */
  public synchronized List<String> backends() {
    return List.copyOf(backends.keySet());
  }

  /** The parameters of a backend, secrets included; null if there is no such backend. */
  public synchronized @Nullable Document parameters(String backend) {
    Map<String, @Nullable Object> parameters = backends.get(backend);
    return parameters == null ? null : Document.of(parameters);
  }

  /** Changes the default backend for this process. */
  public synchronized void setDefaultBackend(String name) {
    defaultBackend = name;
    origins.put("default_backend", Origin.RUNTIME);
  }

  /** Changes a parameter for this process; makes the backend if there is none of the name. */
  public synchronized void setParameter(String backend, String name, @Nullable Object value) {
    parametersOf(backend).put(name, value);
    origins.put(backend + "." + name, Origin.RUNTIME);
  }

  /** Where {@code default_backend} or {@code backend.parameter} comes from. */
  public synchronized Origin origin(String value) {
    return origins.getOrDefault(value, Origin.DEFAULT);
  }

  /** The configuration with its secrets masked, unknown keys of the file included. */
  public Document masked() {
    return toDocument(true);
  }

  /** The configuration in clear; never print it. */
  public Document inClear() {
    return toDocument(false);
  }

  private synchronized Document toDocument(boolean mask) {
    Document.Builder all = Document.builder();
    backends.forEach(
        (name, parameters) -> {
          Document.Builder out = Document.builder();
          parameters.forEach(
              (parameter, value) ->
                  out.put(
                      parameter,
                      mask && value != null && isSecret(name, parameter) ? "********" : value));
          all.put(name, out.build());
        });
    return Document.builder()
        .put("default_backend", defaultBackend)
        .put("backends", all.build())
        .build()
        .withAll(others);
  }

  /** Whether a parameter must not be stored or shown. */
  public boolean isSecret(String backend, String parameter) {
    for (AnnotationBackendProvider provider : providers) {
      if (provider.name().equals(backend)) {
        for (Parameter known : provider.parameters()) {
          if (known.name().equals(parameter)) {
            return known.secret();
          }
        }
      }
    }
    String name = parameter.toLowerCase(Locale.ROOT);
    return SECRET_WORDS.stream().anyMatch(name::contains);
  }

  // --- values of environment variables --------------------------------------------------------

  private @Nullable Object typed(String backend, String parameter, String text) {
    for (AnnotationBackendProvider provider : providers) {
      if (provider.name().equals(backend)) {
        for (Parameter known : provider.parameters()) {
          if (known.name().equals(parameter)) {
            return typed(known.type(), text);
          }
        }
      }
    }
    return typed(
        TEXT_PARAMETERS.contains(parameter) ? Parameter.Type.TEXT : Parameter.Type.ANY, text);
  }

  private static @Nullable Object typed(Parameter.Type type, String text) {
    return switch (type) {
      case TEXT -> text.isEmpty() || text.equals("None") ? null : text;
      case LIST -> {
        List<@Nullable Object> parts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
          parts.add(part.strip());
        }
        yield text.isEmpty() ? null : Values.list(parts);
      }
      case INTEGER, BOOLEAN, ANY -> guess(text);
    };
  }

  private static @Nullable Object guess(String text) {
    String stripped = text.strip();
    String digits = stripped.replaceAll("(?<=\\d)_(?=\\d)", "");
    if (digits.matches("[+-]?\\d+")) {
      try {
        long value = Long.parseLong(digits);
        return value == (int) value ? (Object) (int) value : (Object) value;
      } catch (NumberFormatException e) {
        return text;
      }
    }
    if (digits.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
      return Double.parseDouble(digits);
    }
    String lower = stripped.toLowerCase(Locale.ROOT);
    if (lower.matches("[+-]?(inf|infinity)")) {
      return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (lower.matches("[+-]?nan")) {
      return Double.NaN;
    }
    if (text.equals("True") || text.equals("true")) {
      return true;
    }
    if (text.equals("False") || text.equals("false")) {
      return false;
    }
    if (text.isEmpty() || text.equals("None")) {
      return null;
    }
    if (text.contains(",")) {
      List<@Nullable Object> parts = new ArrayList<>();
      for (String part : text.split(",", -1)) {
        parts.add(guess(part));
      }
      return Values.list(parts);
    }
    return text;
  }
}
