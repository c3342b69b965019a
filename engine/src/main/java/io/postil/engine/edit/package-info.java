/**
 * Editing what datasets hold, through views: {@link io.postil.engine.edit.Edits} is the door. An
 * edit reads the view as a stream, changes the stored samples and labels behind what the view shows
 * and nothing else, and is one change of the dataset with an entry in its history. The same edit
 * without a writer says what it would change.
 */
@NullMarked
package io.postil.engine.edit;

import org.jspecify.annotations.NullMarked;
