package io.postil.backends.cvat;

/**
 * How much goes into one request.
 *
 * @param groupFiles most files sent together
 * @param groupBytes most bytes of files sent together
 * @param chunkFrom files from this size on are sent in chunks
 * @param chunkBytes the size of a chunk
 * @param shapes most shapes and key frames sent together
 * @param window how many frames are looked at together when work comes back
 */
record CvatLimits(
    int groupFiles, long groupBytes, long chunkFrom, int chunkBytes, int shapes, int window) {
  static final CvatLimits DEFAULT = new CvatLimits(200, 32L << 20, 64L << 20, 8 << 20, 4_000, 200);
}
