package io.postil.backends.local;

import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.dataset.MediaType;
import io.postil.testkit.AnnotationBackendContract;

class LocalVideoContractTest extends AnnotationBackendContract {
  @Override
  protected AnnotationBackendProvider provider() {
    return new LocalBackendProvider();
  }

  @Override
  protected MediaType mediaType() {
    return MediaType.VIDEO;
  }
}
