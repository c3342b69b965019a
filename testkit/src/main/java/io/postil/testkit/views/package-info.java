/**
 * A second opinion on views: {@link io.postil.testkit.views.NaiveViews} answers them in the
 * simplest way that follows the rules, slowly and with everything in memory, and shares nothing
 * with the evaluator of the product. {@link io.postil.testkit.views.ViewsAgreeContract} holds every
 * store to it on random datasets and views.
 */
@NullMarked
package io.postil.testkit.views;

import org.jspecify.annotations.NullMarked;
