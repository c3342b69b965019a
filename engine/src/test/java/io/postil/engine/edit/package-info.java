/** Tests of editing through views. */
@NullMarked
package io.postil.engine.edit;

import org.jspecify.annotations.NullMarked;
