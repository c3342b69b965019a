@NullMarked
package io.postil.engine;

import org.jspecify.annotations.NullMarked;
