package io.postil.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnotationConfigTest {
  @TempDir Path home;
  private Path file;

  @BeforeEach
  void writeAFileWhoseDefaultBackendIsNoName() throws IOException {
    file = home.resolve("annotation_config.json");
    Files.writeString(file, "{\"default_backend\": 5}");
  }

  private AnnotationConfig read(Map<String, String> variables) {
    Map<String, String> env = new HashMap<>(variables);
    env.put("FIFTYONE_ANNOTATION_CONFIG_PATH", file.toString());
    return AnnotationConfig.read(env, home, List.of());
  }

  @Test
  void aWrongDefaultBackendIsRefused() {
    assertThatThrownBy(() -> read(Map.of()))
        .isInstanceOfSatisfying(
            PostilException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_WRONG_TYPE));
  }

  @Test
  void whatTheEnvironmentOverridesDoesNotMatter() {
    assertThat(read(Map.of("FIFTYONE_ANNOTATION_DEFAULT_BACKEND", "labelstudio")).defaultBackend())
        .isEqualTo("labelstudio");
  }
}
