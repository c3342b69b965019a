/** Tests of the server over real HTTP, on the embedded store. */
@NullMarked
package io.postil.server;

import org.jspecify.annotations.NullMarked;
