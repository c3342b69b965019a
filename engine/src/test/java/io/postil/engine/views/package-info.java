/** Runs the recorded cases of views and evaluation. */
@NullMarked
package io.postil.engine.views;

import org.jspecify.annotations.NullMarked;
