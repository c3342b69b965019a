/**
 * What tests of Postil, of its stores and of its backends share. {@link
 * io.postil.testkit.DatasetStoreContract} is the contract every store must pass, with that of views
 * in {@code views}; {@link io.postil.testkit.TestSamples} builds labels and samples; {@link
 * io.postil.testkit.SharedFiles} finds the acceptance data; {@link io.postil.testkit.KilledProcess}
 * kills a writing process.
 */
@NullMarked
package io.postil.testkit;

import org.jspecify.annotations.NullMarked;
