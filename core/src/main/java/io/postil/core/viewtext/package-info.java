/**
 * The short text form of views, for command lines and search boxes: {@link
 * io.postil.core.viewtext.ViewText} reads and writes it. Tables of stages ({@code StageParser}) and
 * functions ({@code Functions}) say how each is written and what it makes of its {@code Call}.
 * Depends on the model, views and the view schema; stateless.
 */
@NullMarked
package io.postil.core.viewtext;

import org.jspecify.annotations.NullMarked;
