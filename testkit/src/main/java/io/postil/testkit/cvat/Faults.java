package io.postil.testkit.cvat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Faults that calls meet, in the order they were added: each is used up by the number of calls it
 * was made for. Thread-safe.
 */
public final class Faults {
  /** What happens to a call. */
  record Fault(
      Runnable before,
      int status,
      @Nullable Object body,
      boolean html,
      Map<String, String> headers,
      int cutAt,
      boolean dropsAnswer) {
    /** The status that stands for a connection that is closed at once. */
    static final int BROKEN = -1;

    static final Fault NONE = new Fault(() -> {}, 0, null, false, Map.of(), -1, false);
  }

  private static final class Planned {
    final String method;
    final Pattern path;
    final Fault fault;
    int skip;
    int times;

    Planned(String method, Pattern path, Fault fault, int skip, int times) {
      this.method = method;
      this.path = path;
      this.fault = fault;
      this.skip = skip;
      this.times = times;
    }
  }

  /** A fault in the making. */
  public final class Plan {
    private final String method;
    private final String path;
    private int skip;
    private int times = 1;

    private Plan(String method, String path) {
      this.method = method;
      this.path = path;
    }

    /** Lets a number of calls pass first. */
    public Plan after(int calls) {
      skip = calls;
      return this;
    }

    /** Makes it happen a number of times; 1 unless said. */
    public Plan times(int calls) {
      times = calls;
      return this;
    }

    /** Answers with a status, without doing anything. */
    public void answer(int status) {
      answer(status, Map.of(), ApiError.SERVER_ERROR);
    }

    /** Answers with a status, headers and a text. */
    public void answer(int status, Map<String, String> headers, String text) {
      plan(new Fault(() -> {}, status, text, true, Map.copyOf(headers), -1, false));
    }

    /** Does what is asked, but breaks the connection within the answer. */
    public void cutAnswerAfter(int bytes) {
      plan(new Fault(() -> {}, 0, null, false, Map.of(), bytes, false));
    }

    /** Does what is asked, but gives no answer at all. */
    public void dropAnswer() {
      plan(new Fault(() -> {}, 0, null, false, Map.of(), -1, true));
    }

    /** Closes the connection without doing anything. */
    public void breakConnection() {
      plan(new Fault(() -> {}, Fault.BROKEN, null, false, Map.of(), -1, false));
    }

    /** Runs something before the call, such as waiting or what another person does meanwhile. */
    public void before(Runnable hook) {
      plan(new Fault(hook, 0, null, false, Map.of(), -1, false));
    }

    private void plan(Fault fault) {
      synchronized (planned) {
        planned.add(new Planned(method, Pattern.compile(path), fault, skip, times));
      }
    }
  }

  private final List<Planned> planned = new ArrayList<>();

  Faults() {}

  /**
   * A fault for calls of a method whose path matches.
   *
   * @param method such as {@code GET}; a regular expression
   * @param path a regular expression for the whole path, such as {@code /api/tasks/\d+/data}
   */
  public Plan on(String method, String path) {
    return new Plan(method, path);
  }

  /** Drops all faults that are left. */
  public void clear() {
    synchronized (planned) {
      planned.clear();
    }
  }

  Fault next(String method, String path) {
    synchronized (planned) {
      Iterator<Planned> iterator = planned.iterator();
      while (iterator.hasNext()) {
        Planned plan = iterator.next();
        if (!method.matches(plan.method) || !plan.path.matcher(path).matches()) {
          continue;
        }
        if (plan.skip > 0) {
          plan.skip--;
          continue;
        }
        if (--plan.times == 0) {
          iterator.remove();
        }
        return plan.fault;
      }
      return Fault.NONE;
    }
  }
}
