package io.postil.engine.annotation;

import io.postil.core.ProgressListener;
import io.postil.core.annotation.WorkFilter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the work of a run is loaded. Immutable.
 *
 * @param destinations other fields to write to, by the field of the run; a single entry with an
 *     empty key stands for the run's only field
 * @param unexpected what happens to labels of a kind that was not asked for
 * @param policy whose version stands in a conflict
 * @param only which work to load
 * @param allowMassDeletion whether more than half of the run's labels may be deleted
 * @param cleanup whether to clean up the backend afterwards
 * @param by who loads, for the history; null for the user of the operating system
 * @param parameters credentials and other parameters of the backend for this call
 * @param progress hears how far it has come
 */
public record LoadOptions(
    Map<String, String> destinations,
    Unexpected unexpected,
    ConflictPolicy policy,
    WorkFilter only,
    boolean allowMassDeletion,
    boolean cleanup,
    @Nullable String by,
    io.postil.core.value.Document parameters,
    ProgressListener progress) {
  /**
   * The usual way: back into the fields, unexpected kinds returned, the annotator wins conflicts.
   */
  public static final LoadOptions DEFAULT =
      new LoadOptions(
          Map.of(),
          Unexpected.RETURN,
          ConflictPolicy.THEIRS,
          WorkFilter.ALL,
          true,
          false,
          null,
          io.postil.core.value.Document.empty(),
          ProgressListener.NONE);

  /** Copies the map. */
  public LoadOptions {
    destinations = Map.copyOf(destinations);
  }

  /** What happens to labels of a kind that was not asked for. */
  public sealed interface Unexpected {
    /** Left out of the dataset and handed back in the report. */
    Unexpected RETURN = new Mode("return");

    /** Left out, only counted. */
    Unexpected IGNORE = new Mode("ignore");

    /** Stored in fields named after their kind. */
    Unexpected KEEP = new Mode("keep");

    /** One of the three modes without parameters. */
    record Mode(String name) implements Unexpected {}

    /** Stored in the given fields by kind; other kinds are left out. */
    record Into(Map<String, String> fieldByKind) implements Unexpected {}

    /** Somebody is asked for each field and kind. */
    record Ask(Prompt prompt) implements Unexpected {}
  }

  /** Asks where labels of an unexpected kind should go. */
  @FunctionalInterface
  public interface Prompt {
    /**
     * Asks before anything is written.
     *
     * @param field the field of the run
     * @param kind what came, such as {@code polylines}
     * @param problem why the last answer cannot be taken, or null at first
     * @return a field name; empty to leave them out
     * @throws io.postil.core.PostilException with {@code NO_INTERACTIVE_INPUT} if nobody is there
     */
    String ask(String field, String kind, @Nullable String problem);
  }

  /** These options with other destinations. */
  public LoadOptions withDestinations(Map<String, String> destinations) {
    return new LoadOptions(
        destinations,
        unexpected,
        policy,
        only,
        allowMassDeletion,
        cleanup,
        by,
        parameters,
        progress);
  }

  /** These options with every field of a run with one field going to another. */
  public LoadOptions withDestination(String field) {
    return withDestinations(Map.of("", field));
  }

  /** These options with another treatment of unexpected kinds. */
  public LoadOptions withUnexpected(Unexpected unexpected) {
    return new LoadOptions(
        destinations,
        unexpected,
        policy,
        only,
        allowMassDeletion,
        cleanup,
        by,
        parameters,
        progress);
  }

  /** These options with another policy for conflicts. */
  public LoadOptions withPolicy(ConflictPolicy policy) {
    return new LoadOptions(
        destinations,
        unexpected,
        policy,
        only,
        allowMassDeletion,
        cleanup,
        by,
        parameters,
        progress);
  }

  /** These options for a part of the work. */
  public LoadOptions withOnly(WorkFilter only) {
    return new LoadOptions(
        destinations,
        unexpected,
        policy,
        only,
        allowMassDeletion,
        cleanup,
        by,
        parameters,
        progress);
  }

  /** These options with or without the guard against mass deletion. */
  public LoadOptions withAllowMassDeletion(boolean allowMassDeletion) {
    return new LoadOptions(
        destinations,
        unexpected,
        policy,
        only,
        allowMassDeletion,
        cleanup,
        by,
        parameters,
        progress);
  }

  /** These options with or without cleaning up afterwards. */
  public LoadOptions withCleanup(boolean cleanup) {
    return new LoadOptions(
        destinations,
        unexpected,
        policy,
        only,
        allowMassDeletion,
        cleanup,
        by,
        parameters,
        progress);
  }

  /** These options with somebody's name for the history. */
  public LoadOptions withBy(@Nullable String by) {
    return new LoadOptions(
        destinations,
        unexpected,
        policy,
        only,
        allowMassDeletion,
        cleanup,
        by,
        parameters,
        progress);
  }

  /** These options with parameters of the backend. */
  public LoadOptions withParameters(io.postil.core.value.Document parameters) {
    return new LoadOptions(
        destinations,
        unexpected,
        policy,
        only,
        allowMassDeletion,
        cleanup,
        by,
        parameters,
        progress);
  }

  /** These options with a listener. */
  public LoadOptions withProgress(ProgressListener progress) {
    return new LoadOptions(
        destinations,
        unexpected,
        policy,
        only,
        allowMassDeletion,
        cleanup,
        by,
        parameters,
        progress);
  }
}
