package io.postil.backends.labelstudio;

import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.value.Document;
import io.postil.testkit.AnnotationBackendContract;
import org.junit.jupiter.api.Tag;

/** What every backend must do, on a real Label Studio. */
@Tag("labelstudio")
class LabelStudioContractTest extends AnnotationBackendContract {
  @Override
  protected AnnotationBackendProvider provider() {
    return new LabelStudioBackendProvider();
  }

  @Override
  protected Document parameters() {
    return Document.of("url", LabelStudioFixture.URL, "api_key", LabelStudioFixture.TOKEN);
  }
}
