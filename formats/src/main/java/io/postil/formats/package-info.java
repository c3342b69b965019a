/**
 * Files in and out. {@link io.postil.formats.Imports} reads labels and media into a dataset, {@link
 * io.postil.formats.Exports} writes a view to files; each takes a request and gives a report. Both
 * stream, and an import is one change of the store: all of it or nothing. Thread-safe.
 */
@NullMarked
package io.postil.formats;

import org.jspecify.annotations.NullMarked;
