/**
 * COCO detection files: boxes, instance masks or polygons, keypoints, crowds, extra attributes,
 * scores, results lists. {@link io.postil.formats.coco.CocoImport} reads and {@link
 * io.postil.formats.coco.CocoExport} writes; callers go through {@code Imports} and {@code
 * Exports}. Files are read twice instead of being held: once for where each annotation lies, once
 * image by image.
 */
@NullMarked
package io.postil.formats.coco;

import org.jspecify.annotations.NullMarked;
