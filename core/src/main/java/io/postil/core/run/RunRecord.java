package io.postil.core.run;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run of a dataset as it is stored. Secrets never enter it. Immutable.
 *
 * @param id its id
 * @param type {@link #ANNOTATION}, {@link #EVALUATION} or another kind of FiftyOne's
 * @param key the name the user gave it, unique among runs of its type
 * @param version of the program that made it
 * @param timestamp when it was made
 * @param config its parameters as FiftyOne stores them
 * @param viewStages the stages of the view it was made on, each as JSON text; null for the whole
 *     dataset
 * @param results what came of it, if any
 * @param state where it stands: the life cycle, checkpoints, what a backend made, load reports
 */
public record RunRecord(
    ObjectId id,
    String type,
    String key,
    String version,
    Instant timestamp,
    Document config,
    @Nullable List<String> viewStages,
    @Nullable Document results,
    Document state) {
  /** The type of annotation runs. */
  public static final String ANNOTATION = "annotation";

  /** The type of evaluations. */
  public static final String EVALUATION = "evaluation";

  /** This run under another key. */
  public RunRecord withKey(String key) {
    return new RunRecord(id, type, key, version, timestamp, config, viewStages, results, state);
  }

  /** This run with other parameters. */
  public RunRecord withConfig(Document config) {
    return new RunRecord(id, type, key, version, timestamp, config, viewStages, results, state);
  }

  /** This run with other results. */
  public RunRecord withResults(@Nullable Document results) {
    return new RunRecord(id, type, key, version, timestamp, config, viewStages, results, state);
  }

  /** This run in another state. */
  public RunRecord withState(Document state) {
    return new RunRecord(id, type, key, version, timestamp, config, viewStages, results, state);
  }
}
