package example.folder;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.annotation.Parameter;
import java.nio.file.Path;
import java.util.List;

/** What Postil finds in the jar: says what the backend is, and opens it. */
public final class FolderBackendProvider implements AnnotationBackendProvider {
  @Override
  public String name() {
    return "folder";
  }

  @Override
  public String title() {
    return "Folder of JSON files";
  }

  @Override
  public List<String> configClasses() {
    return List.of(FolderBackendProvider.class.getName());
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        new Parameter(
            "directory",
            Parameter.Type.TEXT,
            false,
            null,
            "Where the files are put; a folder for each run is made in it."));
  }

  @Override
  public AnnotationBackend open(BackendConfig config) {
    if (config.parameters().get("directory") instanceof String directory) {
      return new FolderBackend(Path.of(directory));
    }
    throw new PostilException(
        ErrorCode.INVALID_REQUEST,
        "the backend '" + config.name() + "' has no directory to put its files into",
        "Set its parameter directory, for instance with --backend-param directory=/data/work.");
  }
}
