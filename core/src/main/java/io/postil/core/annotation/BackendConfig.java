package io.postil.core.annotation;

import io.postil.core.value.Document;
import java.nio.file.Path;

/**
 * The configuration a backend is opened with.
 *
 * @param name the name it is configured under
 * @param parameters all parameters, secrets included; never stored as they are
 * @param home the directory of Postil's own files
 */
public record BackendConfig(String name, Document parameters, Path home) {
  /** Does not show parameters, which may be secret. */
  @Override
  public String toString() {
    return "BackendConfig[" + name + ", " + parameters.names() + "]";
  }
}
