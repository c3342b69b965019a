/**
 * The vocabulary that all modules share: labels, samples, views as data, annotation schemas and the
 * two service provider interfaces. Nothing here reads a file or opens a connection.
 *
 * <p>The sub-packages, from the bottom up: {@code value} (BSON values and JSON), {@code label},
 * {@code dataset} (samples, frames, field schemas), {@code view} (expressions and stages), {@code
 * store} (the {@code DatasetStore} SPI) and {@code annotation} (label schemas, runs and the {@code
 * AnnotationBackend} SPI). This package itself holds what each of them needs: {@link
 * io.postil.core.PostilException} and {@link io.postil.core.ProgressListener}.
 */
@NullMarked
package io.postil.core;

import org.jspecify.annotations.NullMarked;
