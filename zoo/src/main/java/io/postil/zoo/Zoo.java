package io.postil.zoo;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sample datasets. Their media are drawn once, into a directory, and used again after that. */
public final class Zoo {
  /**
   * A sample dataset.
   *
   * @param name its name
   * @param samples how many samples it has unless told otherwise
   * @param description what is in it
   */
  public record Entry(String name, int samples, String description) {}

  /** How a dataset is drawn where nothing else is said. */
  public static final long SEED = 51;

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry(
              "quickstart",
              200,
              "street scenes with boxes (ground_truth), visible masks (instances), keypoints of people,"
                  + " and simulated predictions"),
          new Entry(
              "quickstart-video",
              1,
              "a clip of a street with tracks of what moves in it (frames.ground_truth)"));

  private Zoo() {}

  /** The sample datasets there are. */
  public static List<Entry> list() {
    return ENTRIES;
  }

  /**
   * Draws a sample dataset, if that has not happened yet, and puts it into a store.
   *
   * @param store where the dataset goes
   * @param name one of {@link #list()}
   * @param dataset the name of the new dataset
   * @param home the directory of Postil's own files; media go below {@code zoo} in it
   * @param samples how many samples, or null for the usual number
   * @param seed another seed gives other pictures
   * @throws PostilException with {@code UNKNOWN_DATASET} or {@code DATASET_EXISTS}
   */
  public static StoredDataset load(
      DatasetStore store,
      String name,
      String dataset,
      Path home,
      @Nullable Integer samples,
      long seed,
      ProgressListener progress) {
    Entry entry =
        ENTRIES.stream()
            .filter(e -> e.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new PostilException(
                        ErrorCode.UNKNOWN_DATASET,
                        "there is no sample dataset '" + name + "'",
                        Nearest.hint(name, ENTRIES.stream().map(Entry::name).toList())));
    int count = samples == null ? entry.samples() : samples;
    if (count < 1 || count > 100_000) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST, "cannot draw " + count + " samples", "Ask for 1 to 100000.");
    }
    if (store.list().stream().anyMatch(d -> d.name().equals(dataset))) {
      throw new PostilException(
          ErrorCode.DATASET_EXISTS,
          "there is a dataset '" + dataset + "' already",
          "Give another name, or delete it.");
    }
    Path directory = home.resolve("zoo").resolve(name + "-" + seed);
    return name.equals("quickstart")
        ? new QuickstartImages(directory, seed).load(store, dataset, count, progress)
        : new QuickstartVideo(directory, seed).load(store, dataset, count, progress);
  }
}
