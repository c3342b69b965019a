/** Plays runs against the CVAT emulator, with a second client as the annotator. */
@NullMarked
package io.postil.backends.cvat;

import org.jspecify.annotations.NullMarked;
