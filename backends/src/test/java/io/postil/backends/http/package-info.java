/** Tests of the HTTP layer, against a small real server. */
@NullMarked
package io.postil.backends.http;

import org.jspecify.annotations.NullMarked;
