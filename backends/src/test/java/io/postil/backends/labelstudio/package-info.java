/**
 * Tests of the Label Studio backend. Those with the tag {@code labelstudio} need the server that
 * {@code ./check labelstudio} starts; the others replay recorded answers.
 */
@NullMarked
package io.postil.backends.labelstudio;

import org.jspecify.annotations.NullMarked;
