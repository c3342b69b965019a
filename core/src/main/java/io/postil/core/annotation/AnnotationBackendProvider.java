package io.postil.core.annotation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kind of backend; found by {@link java.util.ServiceLoader}, on the class path or in a jar in
 * {@code POSTIL_HOME/plugins}. Cheap to make: connects to nothing.
 */
public interface AnnotationBackendProvider {
  /** The name it is configured under by default, such as {@code cvat}. */
  String name();

  /** A readable name, such as {@code CVAT}. */
  String title();

  /**
   * The fully qualified class name that selects it in a configuration's {@code config_cls}: our own
   * class, or FiftyOne's for a backend FiftyOne has.
   */
  List<String> configClasses();

  /** The parameters it knows. Others are kept and handed on. */
  List<Parameter> parameters();

  /**
   * The address used where nothing is configured, or null if it has none.
   *
   * @return a URL such as {@code https://app.cvat.ai}
   */
  default @Nullable String defaultUrl() {
    return null;
  }

  /** Opens the backend; must not connect yet. */
  AnnotationBackend open(BackendConfig config);
}
