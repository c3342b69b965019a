/**
 * Street scenes with exact ground truth. {@link io.postil.zoo.scene.Street} lays a scene out and
 * draws it twice at once: in colour, and as object numbers, from which visible masks, boxes and
 * occlusion follow. One class draws one kind of thing.
 */
@NullMarked
package io.postil.zoo.scene;

import org.jspecify.annotations.NullMarked;
