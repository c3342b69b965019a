package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.testkit.cvat.State.Attribute;
import io.postil.testkit.cvat.State.Job;
import io.postil.testkit.cvat.State.Label;
import io.postil.testkit.cvat.State.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The annotations of tasks and jobs: read, replaced, created, updated, deleted. */
final class Annotations {
  private static final List<String> KINDS = List.of("tags", "shapes", "tracks");

  private final State state;

  Annotations(State state) {
    this.state = state;
  }

  void addTo(Router router) {
    for (String end : List.of("", "/")) {
      String ofTask = "/tasks/#/annotations" + end;
      String ofJob = "/jobs/#/annotations" + end;
      router.on("GET", ofTask, (call, args) -> getTask(call, task(call, args)));
      router.on("GET", ofJob, (call, args) -> getJob(job(call, args)));
      router.on(
          "PUT",
          ofTask,
          (call, args) -> {
            Task task = task(call, args);
            return put(call, task, jobs(task), true);
          });
      router.on(
          "PUT",
          ofJob,
          (call, args) -> {
            Job job = job(call, args);
            return put(call, job.task, List.of(job), false);
          });
      router.on(
          "PATCH",
          ofTask,
          (call, args) -> {
            Task task = task(call, args);
            return patch(call, task, jobs(task), true);
          });
      router.on(
          "PATCH",
          ofJob,
          (call, args) -> {
            Job job = job(call, args);
            return patch(call, job.task, List.of(job), false);
          });
      router.on("DELETE", ofTask, (call, args) -> clear(jobs(task(call, args))));
      router.on("DELETE", ofJob, (call, args) -> clear(List.of(job(call, args))));
    }
  }

  private Task task(Call call, List<String> args) {
    return Tasks.find(state, call, Router.id(args));
  }

  private Job job(Call call, List<String> args) {
    return Jobs.find(state, call, Router.id(args));
  }

  private static List<Job> jobs(Task task) {
    return task.jobs.stream()
        .filter(j -> j.type.equals("annotation"))
        .sorted(Comparator.comparingInt(j -> j.start))
        .toList();
  }

  // --- reading --------------------------------------------------------------------------------

  private Answer getTask(Call call, Task task) {
    if (!task.data.isReady()) {
      throw ApiError.of(400, "Exporting annotations from a task without data is not allowed");
    }
    if (call.query.get("format") instanceof String format && !format.isEmpty()) {
      return Exports.old(state, call, task, format);
    }
    AnnotationRules rules = new AnnotationRules(task);
    List<Entity> tags = new ArrayList<>();
    List<Entity> shapes = new ArrayList<>();
    List<Entity> tracks = new ArrayList<>();
    int end = -1;
    for (Job job : jobs(task)) {
      int before = end;
      Set<String> known = new HashSet<>();
      if (job.start <= before) {
        tags.stream().filter(t -> frame(t) >= job.start).forEach(t -> known.add(same(t)));
        shapes.stream().filter(s -> frame(s) >= job.start).forEach(s -> known.add(same(s)));
      }
      add(job.annotations.tags, tags, before, known);
      add(job.annotations.shapes, shapes, before, known);
      List<Entity> later = new ArrayList<>();
      job.annotations.tracks.values().forEach(t -> later.add(Tracks.copy(t)));
      if (before < 0) {
        tracks.addAll(later);
      } else {
        Tracks.merge(tracks, later, job.start, before + 1);
      }
      end = job.stop;
    }
    return Answer.ok(told(rules, tags, shapes, tracks));
  }

  /** Adds the annotations of a job, without those that a job before has on a shared frame. */
  private static void add(
      Map<Integer, Entity> of, List<Entity> to, int lastFrame, Set<String> known) {
    for (Entity entity : of.values()) {
      boolean shared = frame(entity) <= lastFrame;
      if (!shared || !known.contains(same(entity))) {
        to.add(entity);
      }
    }
  }

  private static int frame(Entity entity) {
    return AnnotationRules.number(entity.get("frame"));
  }

  private static String same(Entity entity) {
    Entity copy = Entity.copyOf(entity);
    copy.remove("id");
    copy.remove("elements");
    return copy.toString();
  }

  private static Answer getJob(Job job) {
    return Answer.ok(
        told(
            new AnnotationRules(job.task),
            List.copyOf(job.annotations.tags.values()),
            List.copyOf(job.annotations.shapes.values()),
            List.copyOf(job.annotations.tracks.values())));
  }

  private static Entity told(
      AnnotationRules rules, List<Entity> tags, List<Entity> shapes, List<Entity> tracks) {
    // Within a frame the order is the database's, which promises none.
    Comparator<Entity> order =
        Comparator.comparingInt(Annotations::frame)
            .thenComparingInt(e -> Integer.reverse(AnnotationRules.number(e.get("id"))));
    return Entity.of(
        "version",
        0,
        "tags",
        tags.stream().sorted(order).map(t -> told(rules, t)).toList(),
        "shapes",
        shapes.stream().sorted(order).map(s -> told(rules, s)).toList(),
        "tracks",
        tracks.stream().map(t -> toldTrack(rules, t)).toList());
  }

  /** As a GET tells it: all points as floats, all attributes with at least their defaults. */
  private static Entity told(AnnotationRules rules, Entity stored) {
    Entity told = Entity.copyOf(stored);
    told.put("attributes", filled(rules.label(stored), stored, null, Map.of()));
    floats(told);
    if (stored.containsKey("elements")) {
      List<Entity> elements = new ArrayList<>();
      AnnotationRules.entities(stored, "elements").forEach(e -> elements.add(told(rules, e)));
      told.put("elements", elements);
    }
    return told;
  }

  private static Entity toldTrack(AnnotationRules rules, Entity stored) {
    Label label = rules.label(stored);
    Entity told = Entity.copyOf(stored);
    told.put("attributes", filled(label, stored, false, Map.of()));
    List<Entity> shapes = new ArrayList<>();
    Map<Integer, String> held = new HashMap<>();
    for (Entity shape : AnnotationRules.entities(stored, "shapes")) {
      Entity copy = Entity.copyOf(shape);
      copy.put("attributes", filled(label, shape, true, held));
      for (Entity value : AnnotationRules.entities(shape, "attributes")) {
        held.put(AnnotationRules.number(value.get("spec_id")), String.valueOf(value.get("value")));
      }
      floats(copy);
      shapes.add(copy);
    }
    told.put("shapes", shapes);
    if (stored.containsKey("elements")) {
      List<Entity> elements = new ArrayList<>();
      AnnotationRules.entities(stored, "elements").forEach(e -> elements.add(toldTrack(rules, e)));
      told.put("elements", elements);
    }
    return told;
  }

  private static void floats(Entity entity) {
    if (entity.get("points") instanceof List<?> points) {
      entity.put("points", points.stream().map(p -> (Object) ((Number) p).doubleValue()).toList());
    }
  }

  private static List<Entity> filled(
      Label label, Entity entity, @Nullable Boolean mutable, Map<Integer, String> held) {
    List<Entity> values = new ArrayList<>(AnnotationRules.entities(entity, "attributes"));
    for (Attribute attribute : label.attributes) {
      boolean there =
          values.stream().anyMatch(v -> AnnotationRules.number(v.get("spec_id")) == attribute.id());
      if (!there && (mutable == null || attribute.mutable() == mutable)) {
        String value = held.getOrDefault(attribute.id(), attribute.defaultValue());
        values.add(Entity.of("spec_id", attribute.id(), "value", value));
      }
    }
    return values;
  }

  // --- writing --------------------------------------------------------------------------------

  private record Given(List<Entity> tags, List<Entity> shapes, List<Entity> tracks) {
    List<Entity> of(String kind) {
      return switch (kind) {
        case "tags" -> tags;
        case "shapes" -> shapes;
        default -> tracks;
      };
    }
  }

  private static Given read(Call call, Task task) {
    Document body = call.object();
    AnnotationRules rules = new AnnotationRules(task);
    Given given =
        new Given(rules.read(body, "tags"), rules.read(body, "shapes"), rules.read(body, "tracks"));
    given.tags().forEach(t -> rules.check(t, false));
    given.shapes().forEach(s -> rules.check(s, false));
    given.tracks().forEach(t -> rules.check(t, true));
    given.tracks().forEach(Tracks::normalize);
    return given;
  }

  private Answer put(Call call, Task task, List<Job> jobs, boolean split) {
    Given given = read(call, task);
    Set<Job> touched = new LinkedHashSet<>();
    for (Job job : jobs) {
      if (!job.annotations.isEmpty()) {
        touched.add(job);
      }
      job.annotations.clear();
    }
    Entity made = create(given, jobs, split, touched);
    touch(touched);
    return Answer.ok(made);
  }

  private Answer patch(Call call, Task task, List<Job> jobs, boolean split) {
    String action = call.query.getOrDefault("action", "");
    Set<Job> touched = new LinkedHashSet<>();
    switch (action) {
      case "create" -> {
        Given given = read(call, task);
        for (String kind : KINDS) {
          given.of(kind).forEach(e -> e.remove("id"));
        }
        Entity made = create(given, jobs, split, touched);
        touch(touched);
        return Answer.ok(made);
      }
      case "update" -> {
        Given given = read(call, task);
        delete(given, jobs, touched);
        Entity made = create(given, jobs, split, touched);
        touch(touched);
        return Answer.ok(made);
      }
      case "delete" -> {
        delete(read(call, task), jobs, touched);
        touch(touched);
        return Answer.ok(call.json());
      }
      default -> throw ApiError.invalid("Please specify a correct 'action' for the request");
    }
  }

  private Answer clear(List<Job> jobs) {
    jobs.forEach(j -> j.annotations.clear());
    touch(new LinkedHashSet<>(jobs));
    return Answer.empty(204);
  }

  private void touch(Set<Job> jobs) {
    for (Job job : jobs) {
      job.updated = state.now();
      job.task.updated = state.now();
    }
  }

  private static void delete(Given given, List<Job> jobs, Set<Job> touched) {
    for (Job job : jobs) {
      for (String kind : KINDS) {
        Map<Integer, Entity> stored = stored(job, kind);
        for (Entity entity : given.of(kind)) {
          if (stored.remove(AnnotationRules.number(entity.get("id"))) != null) {
            touched.add(job);
          }
        }
      }
    }
  }

  private static Map<Integer, Entity> stored(Job job, String kind) {
    return switch (kind) {
      case "tags" -> job.annotations.tags;
      case "shapes" -> job.annotations.shapes;
      default -> job.annotations.tracks;
    };
  }

  /** Puts annotations into the jobs their frames belong to; tells what came of it. */
  private Entity create(Given given, List<Job> jobs, boolean split, Set<Job> touched) {
    List<Entity> tags = new ArrayList<>();
    List<Entity> shapes = new ArrayList<>();
    List<Entity> tracks = new ArrayList<>();
    int end = -1;
    Set<Entity> used = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Job job : jobs) {
      for (String kind : List.of("tags", "shapes")) {
        List<Entity> told = kind.equals("tags") ? tags : shapes;
        for (Entity entity : given.of(kind)) {
          if (split && !job.covers(frame(entity))) {
            continue;
          }
          boolean again = !used.add(entity);
          Entity stored = store(job, kind, entity, again);
          touched.add(job);
          if (!again) {
            told.add(stored);
          }
        }
      }
      List<Entity> later = new ArrayList<>();
      for (Entity track : given.tracks()) {
        Entity part = split ? Tracks.slice(track, job.start, job.stop) : track;
        if (part != null) {
          boolean again = !used.add(track);
          later.add(Tracks.copy(store(job, "tracks", part, again)));
          touched.add(job);
        }
      }
      if (tracks.isEmpty() || !split) {
        tracks.addAll(later);
      } else {
        Tracks.merge(tracks, later, job.start, end + 1);
      }
      end = job.stop;
    }
    return Entity.of("version", 0, "tags", tags, "shapes", shapes, "tracks", tracks);
  }

  private Entity store(Job job, String kind, Entity entity, boolean again) {
    Entity stored = Entity.copyOf(entity);
    int id = AnnotationRules.number(entity.get("id"));
    if (again || id == 0) {
      id = state.nextId(kind);
    } else {
      state.reserve(kind, id);
    }
    stored.put("id", id);
    number(stored, kind);
    stored(job, kind).put(id, stored);
    return stored;
  }

  /** Gives ids to what is inside an annotation. */
  private void number(Entity entity, String kind) {
    List<Entity> elements = new ArrayList<>();
    for (Entity element : AnnotationRules.entities(entity, "elements")) {
      Entity copy = Entity.copyOf(element);
      copy.put("id", state.nextId(kind));
      number(copy, kind);
      elements.add(copy);
    }
    if (entity.containsKey("elements")) {
      entity.put("elements", elements);
    }
    List<Entity> shapes = new ArrayList<>();
    for (Entity shape : AnnotationRules.entities(entity, "shapes")) {
      shapes.add(Entity.copyOf(shape).and("id", state.nextId("tracked shape")));
    }
    if (entity.containsKey("shapes")) {
      entity.put("shapes", shapes);
    }
  }
}
