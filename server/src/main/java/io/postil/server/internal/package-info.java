/** How the server works inside; nothing here is promised to anybody. */
@NullMarked
package io.postil.server.internal;

import org.jspecify.annotations.NullMarked;
