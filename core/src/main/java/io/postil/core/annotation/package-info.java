/**
 * The service provider interface of annotation backends. {@link
 * io.postil.core.annotation.AnnotationBackendProvider} is found by {@link java.util.ServiceLoader};
 * it says what its backend can do and opens an {@link io.postil.core.annotation.AnnotationBackend},
 * which takes samples with their labels and hands back what people made of them. What is asked of
 * people is a {@link io.postil.core.annotation.LabelSchema}.
 *
 * <p>A backend neither reads nor writes datasets and decides nothing about merging: restrictions,
 * conflicts, track numbers and undo are the engine's, the same for every backend.
 */
@NullMarked
package io.postil.core.annotation;

import org.jspecify.annotations.NullMarked;
