package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Everything the server knows. Guarded by its own lock. */
final class State {
  /** Somebody with an account. */
  static final class User {
    final int id;
    final String name;
    final String password;
    final boolean admin;
    final Instant joined;

    User(int id, String name, String password, boolean admin, Instant joined) {
      this.id = id;
      this.name = name;
      this.password = password;
      this.admin = admin;
      this.joined = joined;
    }

    String email() {
      return name + "@example.org";
    }
  }

  /** A group of people with a workspace of their own. */
  static final class Organization {
    final int id;
    final String slug;
    final String name;
    final User owner;
    final Instant created;
    final Map<Integer, String> roles = new LinkedHashMap<>();

    Organization(int id, String slug, String name, User owner, Instant created) {
      this.id = id;
      this.slug = slug;
      this.name = name;
      this.owner = owner;
      this.created = created;
      roles.put(owner.id, "owner");
    }
  }

  /** An attribute of a label. */
  record Attribute(
      int id,
      String name,
      boolean mutable,
      String inputType,
      String defaultValue,
      List<String> values) {}

  /** A label of a project or task. */
  static final class Label {
    final int id;
    String name = "";
    String color = "";
    @Nullable String type;
    @Nullable String svg;
    final @Nullable Integer parent;
    final List<Attribute> attributes = new ArrayList<>();
    final List<Label> sublabels = new ArrayList<>();

    Label(int id, @Nullable Integer parent) {
      this.id = id;
      this.parent = parent;
    }
  }

  /** A project or a task: what has labels, an owner and dates. */
  abstract static class Owned {
    final int id;
    String name = "";
    final User owner;
    final @Nullable Organization organization;
    @Nullable User assignee;
    String bugTracker = "";
    final Instant created;
    Instant updated;
    final List<Label> labels = new ArrayList<>();

    Owned(int id, User owner, @Nullable Organization organization, Instant created) {
      this.id = id;
      this.owner = owner;
      this.organization = organization;
      this.created = created;
      this.updated = created;
    }
  }

  /** A project. */
  static final class Project extends Owned {
    Project(int id, User owner, @Nullable Organization organization, Instant created) {
      super(id, owner, organization, created);
    }
  }

  /** A task. */
  static final class Task extends Owned {
    final @Nullable Project project;
    @Nullable Integer overlap;
    int segmentSize;
    String subset = "";
    TaskData data = new TaskData();
    final List<Job> jobs = new ArrayList<>();

    Task(
        int id,
        User owner,
        @Nullable Organization organization,
        @Nullable Project project,
        Instant created) {
      super(id, owner, organization, created);
      this.project = project;
    }

    List<Label> effectiveLabels() {
      return project == null ? labels : project.labels;
    }
  }

  /** A picture or video frame of a task. */
  record FrameInfo(String name, int width, int height) {}

  /** The media of a task and how far the server is with them. */
  static final class TaskData {
    boolean posted;
    boolean broken;
    boolean ofShare;
    String state = "Finished";
    String message = "";
    int pollsLeft;
    @Nullable Runnable work;
    @Nullable String requestId;
    final List<String> files = new ArrayList<>();
    final List<String> serverFiles = new ArrayList<>();
    final Map<String, Path> stored = new LinkedHashMap<>();
    Document parameters = Document.empty();
    final List<FrameInfo> frames = new ArrayList<>();
    boolean video;
    int size;
    int startFrame;
    int stopFrame;
    int chunkSize;
    final List<Integer> deletedFrames = new ArrayList<>();
    Instant finished = Instant.EPOCH;

    boolean isReady() {
      return posted && work == null && state.equals("Finished") && size > 0;
    }
  }

  /** A job. */
  static final class Job {
    final int id;
    final Task task;
    final int start;
    final int stop;
    final String type;
    @Nullable List<Integer> included;
    String stage = "annotation";
    String state = "new";
    @Nullable User assignee;
    final Instant created;
    Instant updated;
    final JobAnnotations annotations = new JobAnnotations();

    Job(int id, Task task, int start, int stop, String type, Instant created) {
      this.id = id;
      this.task = task;
      this.start = start;
      this.stop = stop;
      this.type = type;
      this.created = created;
      this.updated = created;
    }

    boolean covers(int frame) {
      List<Integer> only = included;
      return only == null ? start <= frame && frame <= stop : only.contains(frame);
    }
  }

  final InstantSource clock;
  final Path directory;
  final boolean modern;
  final String version;
  final Map<Integer, User> users = new TreeMap<>();
  final Map<String, User> tokens = new HashMap<>();
  final Map<String, User> sessions = new HashMap<>();
  final Map<String, User> accessTokens = new HashMap<>();
  final Map<Integer, Organization> organizations = new TreeMap<>();
  final Map<Integer, Project> projects = new TreeMap<>();
  final Map<Integer, Task> tasks = new TreeMap<>();
  final Map<Integer, Job> jobs = new TreeMap<>();
  final Map<Integer, Issues.Issue> issues = new TreeMap<>();
  final Map<Integer, Webhooks.Webhook> webhooks = new TreeMap<>();
  final Map<String, Exports.Export> exports = new HashMap<>();
  final Map<Integer, Path> cloudStorages = new TreeMap<>();
  private final Map<String, Integer> lastIds = new HashMap<>();

  State(InstantSource clock, Path directory, String version) {
    this.clock = clock;
    this.directory = directory;
    this.version = version;
    String[] parts = version.split("\\.");
    this.modern = Integer.parseInt(parts[0]) > 2 || Integer.parseInt(parts[1]) >= 26;
  }

  int nextId(String kind) {
    return lastIds.merge(kind, 1, Integer::sum);
  }

  /** An id that a client made up; later ones are larger. */
  void reserve(String kind, int id) {
    lastIds.merge(kind, id, Math::max);
  }

  Instant now() {
    return clock.instant();
  }

  User user(int id) {
    User user = users.get(id);
    if (user == null) {
      throw ApiError.field("assignee_id", "Invalid pk \"" + id + "\" - object does not exist.");
    }
    return user;
  }

  /** Whether somebody may see and change a project or task. */
  static boolean mayUse(User user, Owned thing) {
    Organization organization = thing.organization;
    String role = organization == null ? null : organization.roles.get(user.id);
    return user.admin
        || thing.owner == user
        || "owner".equals(role)
        || "maintainer".equals(role)
        || "supervisor".equals(role);
  }
}
