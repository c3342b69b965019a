package io.postil.engine.annotation;

import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.value.Document;
import io.postil.testkit.AnnotationBackendContract;
import io.postil.testkit.MemoryBackend;

class MemoryBackendContractTest extends AnnotationBackendContract {
  @Override
  protected AnnotationBackendProvider provider() {
    return new MemoryBackend();
  }

  @Override
  protected Document parameters() {
    return Document.of("api_key", "k-81723");
  }
}
