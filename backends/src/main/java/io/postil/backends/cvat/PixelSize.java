package io.postil.backends.cvat;

/** The size of a picture in pixels. */
record PixelSize(int width, int height) {}
