/** Tests of annotation runs: recorded cases in {@code GoldenAnnotationTest}, promises beside it. */
@NullMarked
package io.postil.engine.annotation;

import org.jspecify.annotations.NullMarked;
