/** Tests of where the annotation configuration takes its values from. */
@NullMarked
package io.postil.engine.config;

import org.jspecify.annotations.NullMarked;
