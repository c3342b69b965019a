/**
 * The server of the App: REST as {@code src/main/openapi/postil.yaml} describes it, the media of
 * datasets, and the App's own files. {@link io.postil.server.PostilServer} is the door. It needs a
 * store and an {@link io.postil.server.AnnotationService}, the work on annotation runs, which the
 * caller brings.
 */
@NullMarked
package io.postil.server;

import org.jspecify.annotations.NullMarked;
