package example.folder;

import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.value.Document;
import io.postil.testkit.AnnotationBackendContract;

class FolderBackendTest extends AnnotationBackendContract {
  @Override
  protected AnnotationBackendProvider provider() {
    return new FolderBackendProvider();
  }

  @Override
  protected Document parameters() {
    return Document.of("directory", home.resolve("work").toString());
  }
}
