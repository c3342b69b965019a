/**
 * The store in a MongoDB database that FiftyOne uses too. The door is {@link
 * io.postil.store.mongo.MongoStoreProvider}, found by {@link java.util.ServiceLoader}; nothing of
 * the driver is loaded before it opens a store.
 *
 * <p>Datasets, samples, frames, saved views and runs are the documents FiftyOne 1.22 writes. What
 * FiftyOne has no place for is in collections of our own whose names begin with {@code postil.}:
 * the state of runs, side records, the history, locks, and the journal of changes in progress.
 *
 * <p>Labels are written by their id, never by their place in a list and never as a whole list that
 * another program may have changed, see {@link io.postil.store.mongo.FieldChange}. A change is one
 * transaction while it fits, and journaled otherwise, see {@link io.postil.store.mongo.Change}.
 */
@NullMarked
package io.postil.store.mongo;

import org.jspecify.annotations.NullMarked;
