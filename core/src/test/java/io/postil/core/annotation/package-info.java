/** Tests of label schemas. */
@NullMarked
package io.postil.core.annotation;

import org.jspecify.annotations.NullMarked;
