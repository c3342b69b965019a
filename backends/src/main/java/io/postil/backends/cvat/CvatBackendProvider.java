package io.postil.backends.cvat;

import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.annotation.Parameter;
import java.util.List;

/** Makes the CVAT backend known. Stateless. */
public final class CvatBackendProvider implements AnnotationBackendProvider {
  /** The class that selects it in a configuration of ours. */
  public static final String CONFIG_CLASS = "io.postil.backends.cvat.CvatBackend";

  /** The class that selects it in a configuration of FiftyOne's. */
  public static final String FIFTYONE_CONFIG_CLASS = "fiftyone.utils.cvat.CVATBackendConfig";

  /** For {@link java.util.ServiceLoader}. */
  public CvatBackendProvider() {}

  @Override
  public String name() {
    return "cvat";
  }

  @Override
  public String title() {
    return "CVAT";
  }

  @Override
  public List<String> configClasses() {
    return List.of(CONFIG_CLASS, FIFTYONE_CONFIG_CLASS);
  }

  @Override
  public String defaultUrl() {
    return "https://app.cvat.ai";
  }

  @Override
  public List<Parameter> parameters() {
    return CvatOptions.PARAMETERS;
  }

  @Override
  public AnnotationBackend open(BackendConfig config) {
    return new CvatBackend(CvatOptions.of(config.parameters()));
  }
}
