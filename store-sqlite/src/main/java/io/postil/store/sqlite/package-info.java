/**
 * The embedded store: datasets in one SQLite file, without a server. The door is {@link
 * io.postil.store.sqlite.SqliteStoreProvider}, found by the scheme {@code sqlite}; everything else
 * is private to the package.
 *
 * <p>From the bottom up: {@code PackedWriter} and {@code PackedReader} encode values and labels as
 * bytes, with {@code Dictionary} for names that repeat; {@code Session} is one connection and turns
 * JDBC's errors into Postil's; {@code Database} opens connections and runs transactions; {@code
 * Schema} and {@code Catalog} know the tables; {@code SnapshotReader} and {@code SqliteWriter} read
 * and write samples; {@code Views} answers views.
 */
@NullMarked
package io.postil.store.sqlite;

import org.jspecify.annotations.NullMarked;
