/** Tests of the server's parts. */
@NullMarked
package io.postil.server.internal;

import org.jspecify.annotations.NullMarked;
