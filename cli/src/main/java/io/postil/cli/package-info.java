/**
 * The command {@code postil}. {@link io.postil.cli.Main} is the door; {@code CommandTable} lists
 * the command groups, one class each, which are loaded only when called, so that a call starts
 * quickly.
 */
@NullMarked
package io.postil.cli;

import org.jspecify.annotations.NullMarked;
