/**
 * What is recorded of a run: {@link io.postil.core.run.RunRecord}, one for each annotation,
 * evaluation or other run of a dataset.
 */
@NullMarked
package io.postil.core.run;

import org.jspecify.annotations.NullMarked;
