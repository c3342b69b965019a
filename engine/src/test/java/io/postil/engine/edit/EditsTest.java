package io.postil.engine.edit;

import io.postil.engine.Workspace;
import java.nio.file.Path;

/** Edits on the embedded store. */
class EditsTest extends EditCases {
  @Override
  Workspace open(Path home) {
    return Workspace.open(home);
  }
}
