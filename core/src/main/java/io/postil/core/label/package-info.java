/**
 * Labels as sealed records. {@link io.postil.core.label.Label} is the door: a field of a sample or
 * frame holds a {@link io.postil.core.label.SingleLabel} such as a {@link
 * io.postil.core.label.Detection}, or a {@link io.postil.core.label.LabelList} such as {@link
 * io.postil.core.label.Detections}. Types, names and units are FiftyOne's; coordinates are relative
 * to the image. {@link io.postil.core.label.LabelDocuments} converts labels to FiftyOne's documents
 * and back without loss. Everything is immutable and thread-safe.
 */
@NullMarked
package io.postil.core.label;

import org.jspecify.annotations.NullMarked;
