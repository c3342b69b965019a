package io.postil.core.packed;

/**
 * The constants of the packed encoding. Numbers are part of the format: only add. Format 2 says of
 * a label's attributes how many bytes they take, format 1 does not.
 */
final class Packed {
  /** First byte of every document. */
  static final int FORMAT = 2;

  /** The first format, which is still read. */
  static final int FIRST_FORMAT = 1;

  /** Flag in the second byte: some large parts are kept beside the document. */
  static final int HAS_PARTS = 1;

  /** Deepest nesting of lists and documents. */
  static final int MAX_DEPTH = 200;

  /** Arrays and point lists of this many bytes are kept beside the document. */
  static final int LARGE = 2048;

  static final int NULL = 0;
  static final int FALSE = 1;
  static final int TRUE = 2;
  static final int INT = 3;
  static final int LONG = 4;
  static final int DOUBLE = 5;
  static final int STRING = 6;
  static final int BINARY = 7;
  static final int OBJECT_ID = 8;
  static final int INSTANT = 9;
  static final int LIST = 10;
  static final int DOCUMENT = 11;
  static final int OTHER = 12;
  static final int LABEL = 13;
  static final int DOUBLE_LIST = 14;

  static final int CLASSIFICATION = 1;
  static final int CLASSIFICATIONS = 2;
  static final int DETECTION = 3;
  static final int DETECTIONS = 4;
  static final int POLYLINE = 5;
  static final int POLYLINES = 6;
  static final int KEYPOINT = 7;
  static final int KEYPOINTS = 8;
  static final int SEGMENTATION = 9;
  static final int REGRESSION = 10;
  static final int TEMPORAL_DETECTION = 11;
  static final int TEMPORAL_DETECTIONS = 12;
  static final int HEATMAP = 13;
  static final int GEO_LOCATION = 14;
  static final int UNKNOWN = 15;

  /** A text that stands in place. */
  static final int TEXT_INLINE = 0;

  /** A text of 24 hexadecimal digits as 12 bytes. */
  static final int TEXT_HEX = 1;

  /** A text in the dictionary: its number plus this. */
  static final int TEXT_FIRST = 2;

  private Packed() {}
}
