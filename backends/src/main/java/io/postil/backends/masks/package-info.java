/**
 * Masks as backends show them, whatever form a label keeps them in; the door is {@link
 * io.postil.backends.masks.MaskFiles}.
 */
@NullMarked
package io.postil.backends.masks;

import org.jspecify.annotations.NullMarked;
