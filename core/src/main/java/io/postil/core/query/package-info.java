/**
 * Evaluates views in Java, for stores without a query language of their own. {@link
 * io.postil.core.query.ViewEvaluator} is the door: it runs the stages of a view over a stream of
 * samples. The meaning of every operator is MongoDB's (missing is not null, values of all types are
 * ordered); {@link io.postil.core.query.BsonOrder} and {@link
 * io.postil.core.query.ExpressionCompiler} hold it. Depends on the model and {@code view} only.
 */
@NullMarked
package io.postil.core.query;

import org.jspecify.annotations.NullMarked;
