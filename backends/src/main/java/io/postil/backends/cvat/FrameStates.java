package io.postil.backends.cvat;

import io.postil.core.annotation.WorkFilter;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with each frame of a task, by the jobs that have it: fetched, left out because
 * the work was not asked for, or known to be as it was.
 */
final class FrameStates {
  private static final byte NO_JOB = 0;
  private static final byte UNCHANGED = 1;
  private static final byte FETCHED = 2;
  private static final byte LEFT_OUT = 3;

  private final byte[] states;
  private final byte[] jobsOf;
  private final @Nullable String[] reasons;
  private final List<Document> changed = new ArrayList<>();
  private final List<Document> accepted = new ArrayList<>();
  private boolean overlaps;

  /**
   * Decides for a task.
   *
   * @param frames how many frames it has
   * @param jobs its jobs by first frame
   * @param seen dates at which jobs were last loaded, by the job's id
   */
  FrameStates(int frames, List<Document> jobs, WorkFilter only, Document seen) {
    this.states = new byte[frames];
    this.jobsOf = new byte[frames];
    this.reasons = new @Nullable String[frames];
    for (Document job : jobs) {
      String state = state(job);
      String stage = job.getString("stage", "annotation");
      String assignee = job.getDocument("assignee").getString("username");
      boolean wanted = normalized(only).accepts(state, stage, assignee);
      boolean same = date(job).equals(seen.getString(id(job)));
      if (wanted) {
        accepted.add(job);
        if (!same) {
          changed.add(job);
        }
      }
      int last = Math.min(frames - 1, (int) job.getLong("stop_frame", 0));
      for (int frame = (int) job.getLong("start_frame", 0); frame <= last; frame++) {
        overlaps |= jobsOf[frame] > 0;
        jobsOf[frame] = (byte) Math.min(2, jobsOf[frame] + 1);
        byte now = !wanted ? LEFT_OUT : same ? UNCHANGED : FETCHED;
        states[frame] = (byte) Math.max(states[frame], now);
        if (!wanted) {
          reasons[frame] = "job is " + state + " in stage " + stage;
        }
      }
    }
  }

  static String id(Document job) {
    return String.valueOf(job.getLong("id", 0));
  }

  static String date(Document job) {
    return job.getString("updated_date", "");
  }

  /** The state of a job in one word. */
  static String state(Document job) {
    return job.getString("state", "new").replace(' ', '_');
  }

  private static WorkFilter normalized(WorkFilter only) {
    String state = only.state();
    return state == null || state.indexOf(' ') < 0
        ? only
        : new WorkFilter(state.replace(' ', '_'), only.stage(), only.assignee());
  }

  /** Leaves frames out, whatever their jobs say. */
  void leaveOut(Set<Integer> frames, String reason) {
    for (int frame : frames) {
      if (frame >= 0 && frame < states.length) {
        states[frame] = LEFT_OUT;
        reasons[frame] = reason;
      }
    }
  }

  void leaveAllOut(String reason) {
    Arrays.fill(states, LEFT_OUT);
    Arrays.fill(reasons, reason);
  }

  boolean isFetched(int frame) {
    return states[frame] == FETCHED;
  }

  boolean isUnchanged(int frame) {
    return states[frame] == UNCHANGED;
  }

  String reason(int frame) {
    String reason = reasons[frame];
    return reason == null ? "no job has the frame" : reason;
  }

  /** Whether two jobs have a frame. */
  boolean isShared(int frame) {
    return frame >= 0 && frame < jobsOf.length && jobsOf[frame] > 1;
  }

  boolean anyFetched() {
    for (byte state : states) {
      if (state == FETCHED) {
        return true;
      }
    }
    return false;
  }

  /** Jobs that were asked for and have changed. */
  List<Document> changed() {
    return changed;
  }

  /** Whether nothing of a job is left out. */
  boolean isComplete(Document job) {
    int last = Math.min(states.length - 1, (int) job.getLong("stop_frame", 0));
    for (int frame = (int) job.getLong("start_frame", 0); frame <= last; frame++) {
      if (states[frame] == LEFT_OUT) {
        return false;
      }
    }
    return true;
  }

  /** Jobs that were asked for. */
  List<Document> accepted() {
    return accepted;
  }

  /** Whether fetching some jobs one by one is less than fetching the task. */
  boolean jobByJob(int jobs) {
    return !overlaps && changed.size() * 2 < jobs;
  }
}
