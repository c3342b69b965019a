package io.postil.formats.internal;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.formats.FileProblem;
import io.postil.formats.OnError;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Collects what is wrong with a file. Holds the first hundred problems and warnings and counts all
 * of them; line and column are worked out only in the end. Not thread-safe.
 */
public final class ProblemLog {
  private static final int MOST = 100;

  /** A place in a file by its byte; negative if the place is the whole file. */
  private record Entry(Path file, long offset, String entry, String message) {}

  private final OnError onError;
  private final List<Entry> problems = new ArrayList<>();
  private final List<Entry> warnings = new ArrayList<>();
  private long problemCount;
  private long warningCount;

  /** An empty log. */
  public ProblemLog(OnError onError) {
    this.onError = onError;
  }

  /** An entry that cannot be understood. With {@link OnError#FAIL} ends the import at too many. */
  public void problem(Path file, long offset, String entry, String message) {
    problemCount++;
    if (problems.size() < MOST) {
      problems.add(new Entry(file, offset, entry, message));
    } else if (onError == OnError.FAIL) {
      failIfAny();
    }
  }

  /** An entry that is imported though something is odd about it. */
  public void warning(Path file, long offset, String entry, String message) {
    warningCount++;
    if (warnings.size() < MOST) {
      warnings.add(new Entry(file, offset, entry, message));
    }
  }

  /** Whether the import can no longer succeed, so that nothing more need be written. */
  public boolean isFailing() {
    return onError == OnError.FAIL && problemCount > 0;
  }

  /** Ends an import that must not succeed. */
  public void failIfAny() {
    if (isFailing()) {
      List<FileProblem> found = problems();
      List<PostilException.Problem> list = new ArrayList<>();
      for (FileProblem problem : found) {
        list.add(new PostilException.Problem(ErrorCode.INVALID_FILE, problem.toString(), null));
      }
      list.set(
          list.size() - 1,
          new PostilException.Problem(
              ErrorCode.INVALID_FILE,
              found.get(found.size() - 1).toString(),
              "Nothing was imported. Correct the file, or leave such entries out with"
                  + " --on-error skip."));
      throw PostilException.of(list);
    }
  }

  /** Number of entries left out. */
  public long problemCount() {
    return problemCount;
  }

  /** Number of warnings. */
  public long warningCount() {
    return warningCount;
  }

  /** The first problems with their places. */
  public List<FileProblem> problems() {
    return placed(problems);
  }

  /** The first warnings with their places. */
  public List<FileProblem> warnings() {
    return placed(warnings);
  }

  private static List<FileProblem> placed(List<Entry> entries) {
    List<FileProblem> placed =
        new ArrayList<>(Collections.nCopies(entries.size(), new FileProblem("", "", "")));
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      placed.set(i, new FileProblem(entry.file().toString(), entry.entry(), entry.message()));
      if (entry.offset() >= 0) {
        order.add(i);
      }
    }
    order.sort(
        Comparator.comparing((Integer i) -> entries.get(i).file())
            .thenComparing(i -> entries.get(i).offset()));
    int from = 0;
    while (from < order.size()) {
      Path file = entries.get(order.get(from)).file();
      int to = from;
      while (to < order.size() && entries.get(order.get(to)).file().equals(file)) {
        to++;
      }
      number(file, entries, order.subList(from, to), placed);
      from = to;
    }
    return placed;
  }

  /** Adds line and column to the places of one file, given by ascending byte. */
  private static void number(
      Path file, List<Entry> entries, List<Integer> order, List<FileProblem> placed) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      long at = 0;
      long line = 1;
      long lineStart = 0;
      for (int index : order) {
        Entry entry = entries.get(index);
        while (at < entry.offset()) {
          int b = in.read();
          if (b < 0) {
            break;
          }
          at++;
          if (b == '\n') {
            line++;
            lineStart = at;
          }
        }
        String place = file + ":" + line + ":" + (entry.offset() - lineStart + 1);
        placed.set(index, new FileProblem(place, entry.entry(), entry.message()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
