@NullMarked
package io.postil.backends.spool;

import org.jspecify.annotations.NullMarked;
