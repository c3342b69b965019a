package io.postil.cli;

import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.value.Document;
import io.postil.engine.config.Backends;
import io.postil.testkit.AnnotationBackendContract;
import org.jspecify.annotations.Nullable;

/** The example of the guide passes the contract, loaded from its jar as users have it. */
class ExampleBackendContractTest extends AnnotationBackendContract {
  private @Nullable AnnotationBackendProvider provider;

  @Override
  protected AnnotationBackendProvider provider() {
    if (provider == null) {
      ExampleBackend.install(home);
      provider =
          Backends.installed(home).stream()
              .filter(p -> p.name().equals("folder"))
              .findFirst()
              .orElseThrow();
    }
    return provider;
  }

  @Override
  protected Document parameters() {
    return Document.of("directory", home.resolve("work").toString());
  }
}
