/**
 * Values as MongoDB and FiftyOne know them. A value is one of: {@code null}, {@link
 * java.lang.Boolean}, {@link java.lang.Integer}, {@link java.lang.Long}, {@link java.lang.Double},
 * {@link java.lang.String}, {@link io.postil.core.value.Binary}, {@link
 * io.postil.core.value.ObjectId}, {@link java.time.Instant} (milliseconds), {@link java.util.List}
 * of values, {@link io.postil.core.value.Document}, or {@link io.postil.core.value.OtherValue} for
 * the rare BSON types. All are immutable. {@link io.postil.core.value.Json} reads and writes them.
 */
@NullMarked
package io.postil.core.value;

import org.jspecify.annotations.NullMarked;
