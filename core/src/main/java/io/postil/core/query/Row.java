package io.postil.core.query;

import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A sample or frame on its way through the stages of a view: the stored value and what the stages
 * changed of it, under the names it is stored by. The frames of a video are read when they are
 * first asked for. Not thread-safe.
 */
final class Row implements Fields.Container {
  /** Where a row comes from, so that it can be read again: see {@link Pipeline}. */
  record Ref(ObjectId root, int start, int[] ordinals) {
    Ref then(int ordinal) {
      int[] longer = Arrays.copyOf(ordinals, ordinals.length + 1);
      longer[ordinals.length] = ordinal;
      return new Ref(root, start, longer);
    }

    /** The same from outside of a union: its branch and the start in there come first. */
    Ref inBranch(int branch) {
      int[] longer = new int[ordinals.length + 2];
      longer[0] = branch;
      longer[1] = start;
      System.arraycopy(ordinals, 0, longer, 2, ordinals.length);
      return new Ref(root, 0, longer);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Ref r
          && root.equals(r.root)
          && start == r.start
          && Arrays.equals(ordinals, r.ordinals);
    }

    @Override
    public int hashCode() {
      return 31 * root.hashCode() + Arrays.hashCode(ordinals);
    }
  }

  private static final int[] NO_ORDINALS = {};

  private final @Nullable Object base;
  private final Ref ref;
  private @Nullable Map<String, @Nullable Object> changes;
  private @Nullable Supplier<List<Row>> frameSource;
  private @Nullable List<Row> frames;
  private Fields.@Nullable Container groups;

  private Row(@Nullable Object base, Ref ref) {
    this.base = base;
    this.ref = ref;
  }

  /** The row of a stored sample. */
  static Row of(Sample sample, int start) {
    return new Row(sample, new Ref(sample.id(), start, NO_ORDINALS));
  }

  /** The reference of a stored sample that only passed steps that give one row at most. */
  static Ref ref(ObjectId sample) {
    return new Ref(sample, 0, NO_ORDINALS);
  }

  /** The row of a stored frame. */
  static Row of(Frame frame) {
    return new Row(frame, new Ref(frame.sampleId(), 0, NO_ORDINALS));
  }

  /** A row without a stored value, made from another one by a stage. */
  Row derive(int ordinal) {
    return new Row(null, ref.then(ordinal));
  }

  Ref ref() {
    return ref;
  }

  /** This row as one of a branch of a union. */
  Row inBranch(int branch) {
    Row row = new Row(base, ref.inBranch(branch));
    row.changes = changes;
    row.frameSource = frameSource;
    row.frames = frames;
    row.groups = groups;
    return row;
  }

  @Nullable Sample sample() {
    return base instanceof Sample s ? s : null;
  }

  boolean isChanged() {
    return changes != null;
  }

  /** The frame's stored value, for rows of frames. */
  @Nullable Frame frame() {
    return base instanceof Frame f ? f : null;
  }

  /** Sets where frames come from. */
  void framesFrom(Supplier<List<Row>> source) {
    frameSource = source;
    frames = null;
  }

  /** The frames as the stages so far left them; empty for images. */
  List<Row> frames() {
    List<Row> known = frames;
    if (known == null) {
      known = frameSource == null ? List.of() : frameSource.get();
      frames = known;
    }
    return known;
  }

  /** The frames as stored, read anew; empty for images. */
  List<Row> storedFrames() {
    return frameSource == null ? List.of() : frameSource.get();
  }

  boolean hasFrameSource() {
    return frameSource != null;
  }

  /** Replaces the frames. */
  void frames(List<Row> frames) {
    this.frames = frames;
  }

  void groups(Fields.Container groups) {
    this.groups = groups;
  }

  /** The value of a property, or {@link Missing#MISSING}. */
  @Override
  public @Nullable Object property(String name) {
    Map<String, @Nullable Object> changed = changes;
    if (changed != null && changed.containsKey(name)) {
      return changed.get(name);
    }
    Object value = base == null ? Missing.MISSING : Fields.get(base, name);
    if (value != Missing.MISSING) {
      return value;
    }
    if (name.equals("frames") && frameSource != null) {
      return frames();
    }
    if (name.equals("groups") && groups != null) {
      return groups;
    }
    return value;
  }

  /** Sets a property; {@link Missing#MISSING} hides it. */
  void set(String name, @Nullable Object value) {
    Map<String, @Nullable Object> changed = changes;
    if (changed == null) {
      changed = new LinkedHashMap<>();
      changes = changed;
    }
    changed.put(name, value);
  }

  /** Replaces the value of a path; parents that are missing are made. */
  void set(String[] path, @Nullable Object value) {
    set(path[0], Writes.set(property(path[0]), path, 1, value));
  }

  /** Replaces a property by a function of it. */
  void update(String name, UnaryOperator<@Nullable Object> change) {
    set(name, change.apply(property(name)));
  }

  ObjectId id() {
    return property("_id") instanceof ObjectId id ? id : ref.root();
  }

  /** All properties under the names they are stored by. */
  @Override
  public Document toDocument() {
    Document.Builder out = Document.builder();
    switch (base) {
      case Sample s -> {
        out.put("_id", s.id());
        out.put("filepath", s.filepath());
        out.put("tags", Values.list(s.tags()));
        out.putIfPresent("metadata", s.metadata());
        s.system().forEach(out::put);
        s.fields().forEach(out::put);
      }
      case Frame f -> {
        out.put("_id", f.id());
        out.put("_sample_id", f.sampleId());
        out.put("frame_number", f.number());
        f.system().forEach(out::put);
        f.fields().forEach(out::put);
      }
      case null -> {}
      default -> {}
    }
    if (changes != null) {
      changes.forEach(
          (name, value) -> {
            if (value == Missing.MISSING) {
              out.remove(name);
            } else {
              out.put(name, value);
            }
          });
    }
    return out.build();
  }
}
