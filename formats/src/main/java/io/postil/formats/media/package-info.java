/**
 * What media files say of themselves in their headers: size, channels, orientation, frame rate,
 * length. {@link io.postil.formats.media.MediaProbe} is the door; nothing is decoded. Stateless and
 * thread-safe; depends on the JDK only.
 */
@NullMarked
package io.postil.formats.media;

import org.jspecify.annotations.NullMarked;
