/** Tests of the local backend with the real engine and the embedded store. */
@NullMarked
package io.postil.backends.local;

import org.jspecify.annotations.NullMarked;
