package io.postil.backends.local;

import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.testkit.AnnotationBackendContract;

class LocalBackendContractTest extends AnnotationBackendContract {
  @Override
  protected AnnotationBackendProvider provider() {
    return new LocalBackendProvider();
  }
}
