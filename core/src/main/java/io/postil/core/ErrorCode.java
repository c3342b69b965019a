package io.postil.core;

/**
 * What went wrong, as a stable name that callers may switch on. The command line derives its exit
 * code from it and the server its HTTP status; the golden cases call it the reason of an error.
 */
public enum ErrorCode {
  /** The request contradicts itself or names something in a form that cannot be read. */
  INVALID_REQUEST(Category.USAGE),
  /** Several things are wrong at once; {@link PostilException#problems()} lists each. */
  SEVERAL_PROBLEMS(Category.USAGE),
  INVALID_NAME(Category.USAGE),
  UNKNOWN_DATASET(Category.USAGE),
  DATASET_EXISTS(Category.USAGE),
  UNKNOWN_FIELD(Category.USAGE),
  FIELD_EXISTS(Category.USAGE),
  UNKNOWN_SAMPLE(Category.USAGE),
  UNKNOWN_VIEW(Category.USAGE),
  /** An expression or stage cannot be parsed or does not fit the dataset. */
  INVALID_VIEW(Category.USAGE),
  /** The field is one that every sample has; it cannot be hidden or filtered. */
  DEFAULT_FIELD(Category.USAGE),
  /** The field exists but is not of a type the request works on. */
  WRONG_FIELD_TYPE(Category.USAGE),
  UNKNOWN_SLICE(Category.USAGE),
  NOT_GROUPED(Category.USAGE),
  NO_SKELETON(Category.USAGE),
  UNKNOWN_METHOD(Category.USAGE),
  INVALID_EVAL_KEY(Category.USAGE),
  UNKNOWN_EVAL_KEY(Category.USAGE),
  CONFIDENCE_MISSING(Category.USAGE),
  /** A view failed while it was evaluated, for instance by a division by zero. */
  EVALUATION_FAILED(Category.USAGE),
  INVALID_FILE(Category.USAGE),
  UNREADABLE_FILE(Category.FAILURE),
  UNWRITABLE_FILE(Category.FAILURE),

  EMPTY_COLLECTION(Category.USAGE),
  UNKNOWN_BACKEND(Category.USAGE),
  MISSING_CONFIG_CLS(Category.USAGE),
  CONFIG_CLS_NOT_FOUND(Category.USAGE),
  CONFIG_WRONG_TYPE(Category.USAGE),
  MEDIA_TYPE_UNSUPPORTED(Category.USAGE),
  GROUP_SLICE_REQUIRED(Category.USAGE),
  CLIPS_UNSUPPORTED(Category.USAGE),
  MISSING_SCHEMA(Category.USAGE),
  INVALID_SCHEMA(Category.USAGE),
  MISSING_TYPE(Category.USAGE),
  TYPE_MISMATCH(Category.USAGE),
  UNSUPPORTED_LABEL_TYPE(Category.USAGE),
  UNSUPPORTED_SCALAR_TYPE(Category.USAGE),
  UNSUPPORTED_FIELD_TYPE(Category.USAGE),
  SPATIAL_SAMPLE_FIELD_ON_VIDEO(Category.USAGE),
  VIDEO_SAMPLE_FIELD_UNSUPPORTED(Category.USAGE),
  MISSING_CLASSES(Category.USAGE),
  MISSING_MASK_TARGETS(Category.USAGE),
  INVALID_CLASS_GROUP(Category.USAGE),
  ATTRIBUTE_MISSING_TYPE(Category.USAGE),
  ATTRIBUTE_UNSUPPORTED_TYPE(Category.USAGE),
  ATTRIBUTE_MISSING_VALUES(Category.USAGE),
  ATTRIBUTE_DEFAULT_NOT_IN_VALUES(Category.USAGE),
  ATTRIBUTE_RESERVED_NAME(Category.USAGE),
  INVALID_ANNO_KEY(Category.USAGE),
  KEY_EXISTS(Category.USAGE),
  UNKNOWN_ANNO_KEY(Category.USAGE),
  UNKNOWN_MEDIA_FIELD(Category.USAGE),
  RUN_HAS_NO_RESULTS(Category.USAGE),
  FIELD_TYPE_CONFLICT(Category.USAGE),
  VALUE_TYPE_MISMATCH(Category.USAGE),
  /** A decision is needed and nobody can be asked, as without a terminal. */
  NO_INTERACTIVE_INPUT(Category.DECISION),
  /** Both the annotator and somebody else changed the same label and the policy is to fail. */
  CONFLICT(Category.DECISION),
  /** A load would delete more than half of a run's labels and that was not allowed. */
  MASS_DELETION(Category.DECISION),
  /** An undo would discard edits made after the load. */
  LATER_EDITS(Category.DECISION),
  /** Somebody else saved the same thing in between. */
  STALE_REVISION(Category.DECISION),

  BACKEND_UPLOAD_FAILED(Category.FAILURE),
  BACKEND_DOWNLOAD_FAILED(Category.FAILURE),
  BACKEND_UNREACHABLE(Category.BACKEND),
  BACKEND_REFUSED_CREDENTIALS(Category.BACKEND),

  STORE_UNAVAILABLE(Category.FAILURE),
  STORE_LOCKED(Category.FAILURE),
  STORE_READ_ONLY(Category.FAILURE),
  STORE_FULL(Category.FAILURE),
  STORE_CORRUPT(Category.FAILURE),
  STORE_TOO_NEW(Category.FAILURE),
  PORT_IN_USE(Category.FAILURE),
  INTERRUPTED(Category.FAILURE),
  /** A fault of ours: an invariant did not hold. */
  INTERNAL(Category.FAILURE);

  /** Who can act on an error, and thereby the exit code of the command line. */
  public enum Category {
    /** The request must be changed: exit code 2. */
    USAGE(2),
    /** Somebody must decide: exit code 3. */
    DECISION(3),
    /** The annotation backend cannot be used: exit code 4. */
    BACKEND(4),
    /** Anything else: exit code 1. */
    FAILURE(1);

    private final int exitCode;

    Category(int exitCode) {
      this.exitCode = exitCode;
    }

    /** The exit code of a command that ends with such an error. */
    public int exitCode() {
      return exitCode;
    }
  }

  private final Category category;

  ErrorCode(Category category) {
    this.category = category;
  }

  /** Who can act on this error. */
  public Category category() {
    return category;
  }
}
