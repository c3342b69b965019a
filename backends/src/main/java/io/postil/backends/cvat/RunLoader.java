package io.postil.backends.cvat;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings back the work of a run, task by task. Jobs that have not changed since the last load are
 * not fetched; of the others the whole task, or the jobs alone where they are few.
 */
final class RunLoader {
  private static final int TASKS = 50;

  private final CvatServer server;
  private final CvatOptions options;
  private final CvatLimits limits;
  private final RunContext run;
  private final Document state;
  private final WorkFilter only;
  private final AnswerSink sink;
  private final Catalogue catalogue;
  private final NewIds newIds;
  private @Nullable LabelIndex projectIndex;
  private final Map<String, String> seen = new HashMap<>();

  RunLoader(
      CvatServer server,
      CvatOptions options,
      CvatLimits limits,
      RunContext run,
      Document state,
      WorkFilter only,
      AnswerSink sink) {
    this.server = server;
    this.options = options;
    this.limits = limits;
    this.run = run;
    this.state = state;
    this.only = only;
    this.sink = sink;
    this.catalogue = Catalogue.of(run.schema(), options);
    this.newIds = new NewIds(run.id());
  }

  /** Loads everything; the state from now on. */
  Document load() {
    SendState.seen(state).forEach((job, date) -> seen.put(job, String.valueOf(date)));
    List<List<SentItem.Place>> tasks = byTask(SentItem.places(run.memory()));
    int done = 0;
    for (int from = 0; from < tasks.size(); from += TASKS) {
      List<List<SentItem.Place>> some = tasks.subList(from, Math.min(tasks.size(), from + TASKS));
      List<Integer> ids = some.stream().map(p -> p.get(0).taskId()).filter(i -> i > 0).toList();
      Map<Integer, List<Document>> jobs = new HashMap<>();
      for (Document job : server.jobs(ids)) {
        jobs.computeIfAbsent((int) job.getLong("task_id", 0), t -> new ArrayList<>()).add(job);
      }
      for (List<SentItem.Place> places : some) {
        loadTask(places, jobs.getOrDefault(places.get(0).taskId(), List.of()));
        run.progress().progress("fetching tasks", ++done, tasks.size());
      }
    }
    return state.with("seen", Document.of(new java.util.TreeMap<>(seen)));
  }

  static List<List<SentItem.Place>> byTask(List<SentItem.Place> places) {
    List<List<SentItem.Place>> tasks = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= places.size(); i++) {
      if (i == places.size() || places.get(i).task() != places.get(start).task()) {
        tasks.add(places.subList(start, i));
        start = i;
      }
    }
    return tasks;
  }

  private void loadTask(List<SentItem.Place> places, List<Document> jobs) {
    boolean video = run.mediaType() == MediaType.VIDEO;
    int task = places.get(0).taskId();
    int frames = places.size();
    SentItem first =
        java.util.Objects.requireNonNull(
            SentItem.of(run.memory(), places.subList(0, 1)).get(places.get(0).item()));
    if (video) {
      frames = first.frames().size();
    }
    FrameStates states = new FrameStates(frames, jobs, only, SendState.seen(state));
    if (jobs.isEmpty()) {
      states.leaveAllOut("task " + task + " is gone from CVAT, or not visible to this account");
    }
    if (states.anyFetched()) {
      Document meta = server.get("/tasks/" + task + "/data/meta").limit(1L << 30).send().document();
      Set<Integer> deleted = new HashSet<>();
      for (Object frame : meta.getList("deleted_frames")) {
        if (frame instanceof Number n) {
          deleted.add(n.intValue());
        }
      }
      if (!video) {
        states.leaveOut(deleted, "the frame was deleted in CVAT");
      }
    }
    if (video) {
      loadVideo(places.get(0), first, states, jobs, frames);
    } else {
      loadImages(places, states, jobs);
    }
    // A job of which something was left out is looked at again next time.
    for (Document job : states.accepted()) {
      if (states.isComplete(job)) {
        seen.put(FrameStates.id(job), FrameStates.date(job));
      }
    }
  }

  private LabelIndex index(int task) {
    LabelIndex known = projectIndex;
    if (known != null) {
      return known;
    }
    LabelIndex index = TaskLabels.index(server, run, state, catalogue, task);
    if (state.get("project") != null) {
      projectIndex = index;
    }
    return index;
  }

  private void loadImages(List<SentItem.Place> places, FrameStates states, List<Document> jobs) {
    int task = places.get(0).taskId();
    if (states.anyFetched()) {
      LabelIndex index = index(task);
      LabelEncoder encoder = new LabelEncoder(index, options);
      ShapeMatch match =
          new ShapeMatch(index, encoder, new LabelDecoder(index, encoder, options), run, newIds);
      ImageAnswers answers =
          new ImageAnswers(run, match, newIds, places, states, sink, limits.window());
      if (states.jobByJob(jobs.size())) {
        for (Document job : states.changed()) {
          fetch("/jobs/" + FrameStates.id(job) + "/annotations", answers);
        }
      } else {
        fetch("/tasks/" + task + "/annotations", answers);
      }
      answers.finish();
    }
    for (int frame = 0; frame < places.size(); frame++) {
      tell(places.get(frame).item(), states, frame);
    }
  }

  private void tell(ObjectId item, FrameStates states, int frame) {
    if (states.isFetched(frame)) {
      sink.delivered(item);
    } else if (states.isUnchanged(frame)) {
      sink.unchanged(item);
    } else {
      sink.undelivered(item, states.reason(frame));
    }
  }

  private void loadVideo(
      SentItem.Place place, SentItem item, FrameStates states, List<Document> jobs, int frames) {
    // A video is one item: it is as good as its least finished job.
    int told = 0;
    boolean fetched = false;
    for (int frame = 0; frame < frames; frame++) {
      if (!states.isFetched(frame) && !states.isUnchanged(frame)) {
        sink.undelivered(place.item(), states.reason(frame));
        return;
      }
      if (states.isFetched(frame) && !fetched) {
        fetched = true;
        told = frame;
      }
    }
    if (fetched) {
      LabelIndex index = index(place.taskId());
      LabelEncoder encoder = new LabelEncoder(index, options);
      LabelDecoder decoder = new LabelDecoder(index, encoder, options);
      try (VideoAnswer answer =
          new VideoAnswer(
              run, index, encoder, decoder, newIds, place.item(), item, limits.window())) {
        fetch("/tasks/" + place.taskId() + "/annotations", answer);
        answer.tell(sink);
      }
    }
    if (frames == 0) {
      throw new PostilException(
          ErrorCode.BACKEND_DOWNLOAD_FAILED,
          "task " + place.taskId() + " has no frames; it has " + jobs.size() + " jobs",
          "Look at the task in CVAT.");
    }
    tell(place.item(), states, told);
  }

  private void fetch(String path, AnnotationReader.Handler handler) {
    AnnotationReader.read(server.get(path).stream(), handler);
  }
}
