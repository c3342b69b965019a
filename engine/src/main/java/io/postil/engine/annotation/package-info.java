/**
 * Annotation runs. {@link io.postil.engine.annotation.Annotations} is the door: it makes runs,
 * loads, previews and undoes what comes back, and manages runs. {@link
 * io.postil.engine.annotation.SchemaResolver} turns a request into a label schema; {@link
 * io.postil.engine.annotation.LabelMerge} and {@link io.postil.engine.annotation.ScalarMerge} hold
 * the rules of merging, without any reading or writing.
 */
@NullMarked
package io.postil.engine.annotation;

import org.jspecify.annotations.NullMarked;
