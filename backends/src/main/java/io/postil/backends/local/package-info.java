/**
 * The backend that needs no other program: the work of a run is a queue in a file of its own, and
 * people work on it in Postil's editor. Of videos it keeps what was sent, and beside it what people
 * change, see {@link io.postil.backends.local.VideoEdit}. {@link
 * io.postil.backends.local.LocalQueue} is the door for whoever shows and saves that work; the
 * engine comes in through {@link io.postil.backends.local.LocalBackendProvider}.
 */
@NullMarked
package io.postil.backends.local;

import org.jspecify.annotations.NullMarked;
