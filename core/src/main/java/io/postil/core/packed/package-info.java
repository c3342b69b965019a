/**
 * A compact binary form of values and labels, about 70 bytes a detection. {@link
 * io.postil.core.packed.PackedWriter} encodes, {@link io.postil.core.packed.PackedReader} decodes;
 * texts may go into a {@link io.postil.core.packed.TextTable}, large masks and point lists beside
 * the document as {@link io.postil.core.packed.Parts}. The form is versioned and only ever grows.
 */
@NullMarked
package io.postil.core.packed;

import org.jspecify.annotations.NullMarked;
