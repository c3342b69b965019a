/**
 * Views as data: a {@link io.postil.core.view.ViewDefinition} is a list of {@link
 * io.postil.core.view.Stage}s, an {@link io.postil.core.view.Aggregation} a question about one.
 * Their JSON is FiftyOne's serialised form, so that saved views mean the same in both programs.
 */
@NullMarked
package io.postil.core.view;

import org.jspecify.annotations.NullMarked;
