/**
 * Sends runs to CVAT servers of version 2.4 and newer, and brings back what people made there.
 * {@link io.postil.backends.cvat.CvatBackendProvider} is the door; the rest is package-private.
 *
 * <p>Sending: {@code Catalogue} says which CVAT labels a schema needs, {@code TaskSender} makes one
 * task after the other, {@code LabelEncoder} turns labels into shapes, {@code TaskLabels} sends
 * them in batches. Loading: {@code RunLoader} reads tasks, {@code ImageAnswers} and {@code
 * VideoAnswer} tell which shape is which label by comparing with what was sent, so that what nobody
 * touched comes back as it was. What a kind of label looks like in CVAT is said in one class each:
 * {@code Boxes}, {@code Masks}, {@code Paths}, {@code KeypointShapes}, {@code Cuboids}, {@code
 * SegmentationMasks}, {@code Ellipses}.
 *
 * <p>Videos may be of any length: key frames and shapes wait in a {@code RecordSpool}, {@code
 * VideoTracks} makes tracks of labels and {@code AnsweredTrack} labels of tracks, frame by frame,
 * and {@code SentPages} knows which shape is which label, some thousands at a time.
 *
 * <p>Coordinates are pixels on the server and relative to the picture in labels; frames are
 * numbered from 0 there, in the order they were sent, and from 1 here.
 */
@NullMarked
package io.postil.backends.cvat;

import org.jspecify.annotations.NullMarked;
