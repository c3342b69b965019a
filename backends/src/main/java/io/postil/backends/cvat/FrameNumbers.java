package io.postil.backends.cvat;

/**
 * Which frames of a video a server has. There they are numbered from 0 without gaps; here from 1 in
 * the video.
 *
 * @param start the first frame in the video, from 0
 * @param step every how many frames one is there
 * @param size how many there are
 */
record FrameNumbers(int start, int step, int size) {
  /** The number here of a frame there. */
  int local(int frame) {
    return start + frame * step + 1;
  }

  /** The number there of a frame here; -1 if the server does not have it. */
  int remote(int frame) {
    int offset = frame - 1 - start;
    return offset < 0 || offset % step != 0 || offset / step >= size ? -1 : offset / step;
  }
}
