package io.postil.engine.config;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.value.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens backends by the name they are configured under. Thread-safe. */
public final class Backends {
  private final Collection<AnnotationBackendProvider> providers;
  private final AnnotationConfig config;
  private final Path home;

  /** Backends of a configuration; {@code home} is the directory of Postil's own files. */
  public Backends(
      Collection<AnnotationBackendProvider> providers, AnnotationConfig config, Path home) {
    this.providers = List.copyOf(providers);
    this.config = config;
    this.home = home;
  }

  /** The providers on the class path and in jars in {@code home/plugins}. */
  public static List<AnnotationBackendProvider> installed(Path home) {
    List<AnnotationBackendProvider> found = new ArrayList<>();
    ServiceLoader.load(AnnotationBackendProvider.class).forEach(found::add);
    Path plugins = home.resolve("plugins");
    if (!Files.isDirectory(plugins)) {
      return found;
    }
    List<URL> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(plugins)) {
      for (Path jar : files.filter(f -> f.toString().endsWith(".jar")).sorted().toList()) {
        jars.add(jar.toUri().toURL());
      }
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!jars.isEmpty()) {
      // The class loader lives as long as the process, as its backends do.
      URLClassLoader loader =
          new URLClassLoader(jars.toArray(URL[]::new), Backends.class.getClassLoader());
      for (AnnotationBackendProvider provider :
          ServiceLoader.load(AnnotationBackendProvider.class, loader)) {
        if (provider.getClass().getClassLoader() == loader) {
          found.add(provider);
        }
      }
    }
    return found;
  }

  /** The configuration. */
  public AnnotationConfig config() {
    return config;
  }

  /** The provider behind a configured name, or null if the name or its class is unknown. */
  public @Nullable AnnotationBackendProvider provider(String name) {
    Document parameters = config.parameters(name);
    if (parameters == null || !(parameters.get("config_cls") instanceof String configClass)) {
      return null;
    }
    return providers.stream()
        .filter(p -> p.configClasses().contains(configClass))
        .findFirst()
        .orElse(null);
  }

  /**
   * The parameters a backend is opened with: those of the configuration, overridden by a call's.
   */
  public Document parameters(String name, Document overrides) {
    Document configured = config.parameters(name);
    return (configured == null ? Document.empty() : configured).withAll(overrides);
  }

  /**
   * Opens a backend.
   *
   * @param name the name, or null for the default backend
   * @param overrides parameters of this call
   * @throws PostilException with {@code UNKNOWN_BACKEND}, {@code MISSING_CONFIG_CLS} or {@code
   *     CONFIG_CLS_NOT_FOUND}
   */
  public AnnotationBackend open(@Nullable String name, Document overrides) {
    String backend = name == null ? config.defaultBackend() : name;
    if (config.parameters(backend) == null) {
      throw new PostilException(
          ErrorCode.UNKNOWN_BACKEND,
          "there is no backend '" + backend + "'",
          Nearest.hint(backend, config.backends()));
    }
    Document parameters = parameters(backend, overrides);
    Object configClass = parameters.get("config_cls");
    if (configClass == null) {
      throw new PostilException(
          ErrorCode.MISSING_CONFIG_CLS,
          "the backend '" + backend + "' has no config_cls, so its program is unknown",
          "Set config_cls in " + config.file() + ".");
    }
    for (AnnotationBackendProvider provider : providers) {
      if (provider.configClasses().contains(configClass)) {
        return provider.open(new BackendConfig(backend, parameters, home));
      }
    }
    throw new PostilException(
        ErrorCode.CONFIG_CLS_NOT_FOUND,
        "the backend '" + backend + "' needs " + configClass + ", which is not installed",
        "Put its jar into " + home.resolve("plugins") + ".");
  }
}
