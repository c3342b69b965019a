package io.postil.backends.cvat;

import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.value.Document;
import io.postil.testkit.AnnotationBackendContract;
import io.postil.testkit.cvat.CvatEmulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The contract of backends, against the emulator. */
@Tag("cvat")
class CvatBackendContractTest extends AnnotationBackendContract {
  private final CvatEmulator server = CvatEmulator.start(CvatEmulator.NEW);

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected AnnotationBackendProvider provider() {
    return new CvatBackendProvider();
  }

  @Override
  protected Document parameters() {
    return Document.of("url", server.url(), "token", server.token(CvatEmulator.USER))
        .with("task_size", 3);
  }
}
