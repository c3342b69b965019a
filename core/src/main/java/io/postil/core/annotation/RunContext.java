package io.postil.core.annotation;

import io.postil.core.ProgressListener;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.ObjectId;

/**
 * The run a backend works on.
 *
 * @param id the run's id, unique in the world
 * @param dataset the dataset's name
 * @param key the run's key
 * @param mediaType what is annotated
 * @param schema what is asked
 * @param progress hears how far a call has come
 */
public record RunContext(
    ObjectId id,
    String dataset,
    String key,
    MediaType mediaType,
    LabelSchema schema,
    ProgressListener progress) {}
