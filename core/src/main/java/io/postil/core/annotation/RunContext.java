package io.postil.core.annotation;

import io.postil.core.ProgressListener;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The run a backend works on.
 *
 * @param id the run's id, unique in the world
 * @param dataset the dataset's name
 * @param key the run's key
 * @param mediaType what is annotated
 * @param schema what is asked
 * @param scalarTypes the types of those scalar fields of the schema that the dataset has
 * @param progress hears how far a call has come
 * @param base what the backend is known to hold
 * @param memory what the backend remembers of single items
 * @param checkpoints stores a state, see {@link #checkpoint}
 */
public record RunContext(
    ObjectId id,
    String dataset,
    String key,
    MediaType mediaType,
    LabelSchema schema,
    Map<String, FieldType> scalarTypes,
    ProgressListener progress,
    RunBase base,
    RunMemory memory,
    Consumer<Document> checkpoints) {
  /** Copies the map. */
  public RunContext {
    scalarTypes = Map.copyOf(scalarTypes);
  }

  /**
   * Stores the backend's state at once, with what was put into the memory, so that a crash in the
   * middle of a call leaves a record of what was made. A call that is repeated gets this state.
   *
   * @throws IllegalStateException unless the run is being sent
   */
  public void checkpoint(Document state) {
    checkpoints.accept(state);
  }
}
