/**
 * The service provider interface of stores. {@link io.postil.core.store.DatasetStoreProvider} is
 * found by {@link java.util.ServiceLoader} and opens a {@link io.postil.core.store.DatasetStore} by
 * the scheme of its URI; a {@link io.postil.core.store.StoredDataset} reads views as streams and
 * writes through {@link io.postil.core.store.DatasetWriter}, one transaction a logical change.
 *
 * <p>A store need not understand labels beyond keeping them and telling them apart by id. Where the
 * database has a query language the store compiles views to it; otherwise it hands its plain
 * streams to the evaluator in {@code io.postil.core.view}.
 */
@NullMarked
package io.postil.core.store;

import org.jspecify.annotations.NullMarked;
