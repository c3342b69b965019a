/**
 * Compares predicted labels with ground truth. {@link io.postil.engine.evaluation.Evaluations} is
 * the door: it runs an evaluation of detections or classifications, stores it as a run, and lists,
 * loads, renames and deletes those of a dataset. {@link io.postil.engine.evaluation.EvaluationData}
 * gives all numbers of one as data, {@link io.postil.engine.evaluation.EvaluationReport} as an HTML
 * file. Results are immutable; everything else serves one thread.
 */
@NullMarked
package io.postil.engine.evaluation;

import org.jspecify.annotations.NullMarked;
