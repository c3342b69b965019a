/**
 * Compares predicted labels with ground truth. {@link io.postil.engine.evaluation.Evaluations} is
 * the door: it runs an evaluation, stores it as a run, and lists, loads, renames and deletes those
 * of a dataset. Results are immutable; everything else serves one thread.
 */
@NullMarked
package io.postil.engine.evaluation;

import org.jspecify.annotations.NullMarked;
