package io.postil.backends.local;

import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.annotation.Parameter;
import java.util.List;

/** Makes the local backend known. Stateless. */
public final class LocalBackendProvider implements AnnotationBackendProvider {
  /** The class that selects it in a configuration. */
  public static final String CONFIG_CLASS = "io.postil.backends.local.LocalBackend";

  /** For {@link java.util.ServiceLoader}. */
  public LocalBackendProvider() {}

  @Override
  public String name() {
    return "local";
  }

  @Override
  public String title() {
    return "Postil's editor";
  }

  @Override
  public List<String> configClasses() {
    return List.of(CONFIG_CLASS);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public AnnotationBackend open(BackendConfig config) {
    return new LocalBackend(config.home());
  }
}
