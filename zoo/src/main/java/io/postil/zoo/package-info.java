/**
 * Sample datasets drawn by code: no download, the same bytes for the same seed. {@link
 * io.postil.zoo.Zoo} is the door; {@code scene} draws.
 */
@NullMarked
package io.postil.zoo;

import org.jspecify.annotations.NullMarked;
