/**
 * What a backend keeps in temporary files while it works on a video, whose labels need not fit the
 * heap. {@link io.postil.backends.spool.RecordSpool} is the door.
 */
@NullMarked
package io.postil.backends.spool;

import org.jspecify.annotations.NullMarked;
