package io.postil.backends.labelstudio;

import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.annotation.Parameter;
import java.util.List;

/** Makes the Label Studio backend known. Stateless. */
public final class LabelStudioBackendProvider implements AnnotationBackendProvider {
  /** For {@link java.util.ServiceLoader}. */
  public LabelStudioBackendProvider() {}

  @Override
  public String name() {
    return "labelstudio";
  }

  @Override
  public String title() {
    return LabelStudioServer.TITLE;
  }

  @Override
  public List<String> configClasses() {
    return List.of(
        "io.postil.backends.labelstudio.LabelStudioBackend",
        "fiftyone.utils.labelstudio.LabelStudioBackendConfig");
  }

  @Override
  public List<Parameter> parameters() {
    return Settings.PARAMETERS;
  }

  @Override
  public String defaultUrl() {
    return Settings.DEFAULT_URL;
  }

  @Override
  public AnnotationBackend open(BackendConfig config) {
    return new LabelStudioBackend(Settings.of(config, System.getenv()));
  }
}
