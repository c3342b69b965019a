package io.postil.engine.annotation;

import io.postil.core.annotation.LabelType;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the labels of some fields look like, gathered in one pass over a view: the classes in use,
 * by class the first value of each attribute, and whether key frames are marked. Memory grows with
 * the number of classes and attributes, not of labels.
 */
final class Observations {
  /** Attributes that are no custom attributes on a label. */
  private static final String LEGACY = "attributes";

  /** The first value of an attribute and how early it was seen. */
  private record First(long order, Object value) {}

  /** What the labels of one class showed; tests names for whether another value tells nothing. */
  private static final class OfClass implements Predicate<String> {
    final Map<String, First> firsts = new HashMap<>();

    /** Names of which another value tells nothing new. */
    private String[] known = new String[0];

    /** By identity, as names come from a table: most labels of a class have the same ones. */
    @Override
    public boolean test(String name) {
      for (String one : known) {
        if (one == name) {
          return true;
        }
      }
      return false;
    }

    void know(String name) {
      known = Arrays.copyOf(known, known.length + 1);
      known[known.length - 1] = name;
    }
  }

  /** What one field showed. */
  static final class Seen {
    /** By class; labels without one are at null. */
    private final Map<@Nullable String, OfClass> classes = new HashMap<>();

    boolean keyframeKnown;
    boolean keyframeSet;
    private long order;

    /** The classes in use, sorted. */
    Set<String> classes() {
      Set<String> names = new TreeSet<>();
      for (String name : classes.keySet()) {
        if (name != null) {
          names.add(name);
        }
      }
      return names;
    }

    /**
     * The first value of each attribute.
     *
     * @param ofClasses labels of these classes only; null for all labels
     */
    Map<String, Object> attributes(@Nullable Collection<String> ofClasses) {
      Map<String, First> firsts = new HashMap<>();
      classes.forEach(
          (className, seen) -> {
            if (ofClasses == null || ofClasses.contains(className == null ? "" : className)) {
              seen.firsts.forEach(
                  (name, first) ->
                      firsts.merge(name, first, (a, b) -> a.order() <= b.order() ? a : b));
            }
          });
      List<Map.Entry<String, First>> sorted = new ArrayList<>(firsts.entrySet());
      sorted.sort((a, b) -> Long.compare(a.getValue().order(), b.getValue().order()));
      Map<String, Object> values = new LinkedHashMap<>();
      sorted.forEach(e -> values.put(e.getKey(), e.getValue().value()));
      return values;
    }

    void add(@Nullable Object value, @Nullable LabelType type) {
      if (value instanceof LabelList<?> list) {
        for (SingleLabel label : list.labels()) {
          if (type == null || type.covers(label)) {
            add(label);
          }
        }
      } else if (value instanceof SingleLabel label && (type == null || type.covers(label))) {
        add(label);
      }
    }

    private void add(SingleLabel label) {
      String className = label.label();
      OfClass seen = classes.get(className);
      if (seen == null) {
        seen = new OfClass();
        classes.put(className, seen);
      }
      Document attributes = label.attributes();
      if (attributes.allNames(seen)) {
        return;
      }
      for (int i = 0; i < attributes.size(); i++) {
        if (!seen.test(attributes.nameAt(i))) {
          attribute(seen, attributes.nameAt(i), attributes.valueAt(i));
        }
      }
    }

    private void attribute(OfClass seen, String name, @Nullable Object value) {
      if (value == null || name.equals(SingleLabel.INSTANCE)) {
        return;
      }
      if (name.equals(LEGACY) && value instanceof Document legacy) {
        legacy.forEach(
            (legacyName, entry) ->
                attribute(seen, legacyName, entry instanceof Document d ? d.get("value") : entry));
        return;
      }
      boolean isKeyframe = name.equals(SingleLabel.KEYFRAME);
      if (isKeyframe) {
        keyframeKnown = true;
        keyframeSet |= Boolean.TRUE.equals(value);
      }
      if (!seen.firsts.containsKey(name)) {
        seen.firsts.put(name, new First(order++, value));
        if (!isKeyframe && !name.equals(LEGACY)) {
          seen.know(name);
        }
      }
    }
  }

  private final Map<String, Seen> fields = new HashMap<>();

  /** What a field showed; empty if it was not looked at. */
  Seen of(String field) {
    return fields.computeIfAbsent(field, f -> new Seen());
  }

  /**
   * Looks at the labels of a view.
   *
   * @param types by field the type whose labels count; null for labels of every type
   */
  static Observations gather(
      StoredDataset dataset, ViewDefinition view, Map<String, @Nullable LabelType> types) {
    Observations observations = new Observations();
    if (types.isEmpty()) {
      return observations;
    }
    Set<String> names = types.keySet();
    boolean frames = names.stream().anyMatch(n -> n.startsWith(DatasetInfo.FRAMES));
    try (SampleCursor samples = dataset.read(view, new Projection(names))) {
      while (samples.hasNext()) {
        observations.add("", samples.next().fields(), types);
        if (frames) {
          try (Cursor<Frame> cursor = samples.frames()) {
            while (cursor.hasNext()) {
              observations.add(DatasetInfo.FRAMES, cursor.next().fields(), types);
            }
          }
        }
      }
    }
    return observations;
  }

  /** Looks at the values of a sample or frame, whose fields have names with a prefix here. */
  private void add(
      String prefix, Map<String, Object> values, Map<String, @Nullable LabelType> types) {
    for (Map.Entry<String, Object> value : values.entrySet()) {
      String field = prefix.isEmpty() ? value.getKey() : prefix.concat(value.getKey());
      if (types.containsKey(field)) {
        of(field).add(value.getValue(), types.get(field));
      }
    }
  }
}
