/**
 * The short text form of views, for command lines and search boxes: {@link
 * io.postil.core.viewtext.ViewText} reads and writes it. Depends on the model, views and the view
 * schema; stateless.
 */
@NullMarked
package io.postil.core.viewtext;

import org.jspecify.annotations.NullMarked;
