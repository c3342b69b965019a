package io.postil.core.annotation;

import io.postil.core.PostilException;
import io.postil.core.dataset.MediaType;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A place where people annotate. The engine calls {@link #prepare}, {@link #upload} for each batch
 * and {@link #finish}; later {@link #download}, as often as people like; at last {@link #cleanup}.
 *
 * <p><b>State.</b> What a backend must remember of a run, such as ids of what it made, it returns
 * as a document; the engine stores it with the run before it goes on and hands it back at the next
 * call, also after a crash. What grows with the run goes into {@link RunMemory}. Neither may hold
 * secrets.
 *
 * <p><b>Repetition.</b> After a failure any call may be repeated with the state before it, so
 * uploads must be idempotent for a run and item.
 *
 * <p>Errors are {@link io.postil.core.PostilException}s with {@code BACKEND_UNREACHABLE}, {@code
 * BACKEND_REFUSED_CREDENTIALS}, {@code BACKEND_UPLOAD_FAILED} or {@code BACKEND_DOWNLOAD_FAILED}.
 * Not thread-safe.
 */
public interface AnnotationBackend extends AutoCloseable {
  /** What it can do, as configured. */
  Capabilities capabilities();

  /**
   * The attribute control for values like a given one.
   *
   * @param name the attribute
   * @param value an observed value, or null if none is known
   * @return a document with at least {@code type}
   */
  Document recommendAttribute(String name, @Nullable Object value);

  /**
   * Whether people may annotate frames of a video that hold nothing yet. If not, what comes for
   * such frames is counted as unknown rather than stored.
   */
  default boolean annotatesNewFrames() {
    return true;
  }

  /**
   * Whether detections with masks can be sent as detections without losing the mask, so that a
   * field with both kinds need not be split.
   */
  default boolean boxesKeepMasks() {
    return false;
  }

  /**
   * Whether a run about key frames sends the labels between them as well, so that the backend can
   * hand over those that nobody changed as they are. If not, it gets the marked ones only.
   */
  default boolean keepsBetweenKeyframes() {
    return false;
  }

  /**
   * What of a request the backend cannot do beyond what its {@link Capabilities} say, such as a
   * label type for one kind of media only. Asked with all other checks; connects to nothing.
   */
  default List<PostilException.Problem> problems(MediaType mediaType, LabelSchema schema) {
    return List.of();
  }

  /**
   * What to know of videos before people work on them, such as that they could not see them. Asked
   * when a request is planned, about the first ones of the view; connects to nothing.
   *
   * @param videos paths or URLs
   */
  default List<String> videoWarnings(List<String> videos) {
    return List.of();
  }

  /**
   * Fails if the backend cannot be used: out of reach, credentials refused, too old. Called before
   * a run is made.
   */
  default void checkReady() {}

  /** Makes what the whole run needs, such as a project with its classes. */
  Document prepare(RunContext run, Document state);

  /** Sends a batch of at most {@link Capabilities#batchSamples()} items. */
  Document upload(RunContext run, List<UploadItem> items, Document state);

  /** Called after the last batch. */
  default Document finish(RunContext run, Document state) {
    return state;
  }

  /**
   * Hands over what people made of a run, in any order of samples. Every item of the run must be
   * told to the sink: as delivered, unchanged, or undelivered with the reason; the labels of an
   * item that is not told are left as they are.
   *
   * @param only which work to hand over
   * @return the state from now on, such as what was seen when; kept if the load is applied, taken
   *     back if it is undone
   */
  Document download(RunContext run, Document state, WorkFilter only, AnswerSink answer);

  /** How far people have come. */
  RunProgress progress(RunContext run, Document state);

  /** The pieces of work that people are assigned, in the backend's order; close it. */
  default Cursor<WorkUnit> units(RunContext run, Document state) {
    return Cursor.of(List.of());
  }

  /**
   * What a webhook call told about a run.
   *
   * @param headers by name in lower case
   * @param body as it came
   * @return null if it tells nothing about this run
   * @throws io.postil.core.PostilException with {@code BACKEND_REFUSED_CREDENTIALS} if its
   *     signature is missing or wrong
   */
  default @Nullable RunEvent webhook(
      RunContext run, Document state, Map<String, String> headers, byte[] body) {
    return null;
  }

  /** The address where people work on the run, without credentials; or null if there is none. */
  @Nullable String address(RunContext run, Document state);

  /** Removes everything the run made on the backend; what is already gone is no error. */
  void cleanup(RunContext run, Document state);

  /** Hears that a run got another key. */
  default void rename(RunContext run, String newKey, Document state) {}

  @Override
  default void close() {}
}
