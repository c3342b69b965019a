/**
 * What a dataset is made of: {@link io.postil.core.dataset.DatasetInfo} (name, media type, field
 * schemas, classes, mask targets, skeletons), its {@link io.postil.core.dataset.Sample}s and, for
 * videos, their {@link io.postil.core.dataset.Frame}s. All are immutable values without a store
 * behind them.
 */
@NullMarked
package io.postil.core.dataset;

import org.jspecify.annotations.NullMarked;
