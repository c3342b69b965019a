/**
 * Runs as projects of a Label Studio server. {@link
 * io.postil.backends.labelstudio.LabelStudioBackendProvider} is the door. Inside, {@code
 * LabelStudioServer} speaks the server's API, {@code Controls} knows the labelling interface of a
 * run with one control for each field, and a control turns labels into regions and back.
 *
 * <p>Regions are in percent of the image, so what comes back is compared with the base: where
 * nobody changed a region, the label itself is handed over, to the last digit.
 *
 * <p>Videos may be of any length: {@code VideoRows} writes what is sent of one and {@code
 * VideoAnswer} tells what came back, both frame by frame, with the key frames of tracks in a {@code
 * RecordSpool}.
 *
 * @see <a href="https://labelstud.io/guide/task_format">Label Studio's format of tasks</a>
 */
@NullMarked
package io.postil.backends.labelstudio;

import org.jspecify.annotations.NullMarked;
