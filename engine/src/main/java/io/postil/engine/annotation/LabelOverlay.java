package io.postil.engine.annotation;

import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.Restriction;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Polyline;
import io.postil.core.label.Segmentation;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Merges one label three-way: a property is written if the annotator changed it since it was sent
 * and no restriction forbids it. For one label; {@link #result()} is the outcome.
 */
final class LabelOverlay {
  private final MergeRules rules;
  private final SingleLabel base;
  private final SingleLabel answer;
  private SingleLabel result;
  private final List<String> changed = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final List<String> conflicts = new ArrayList<>();

  private LabelOverlay(
      MergeRules rules, SingleLabel base, SingleLabel current, SingleLabel answer) {
    this.rules = rules;
    this.base = base;
    this.answer = answer;
    this.result = current;
    merge();
  }

  /** Merges the answer into the current label. */
  static LabelOverlay merge(
      MergeRules rules, SingleLabel base, SingleLabel current, SingleLabel answer) {
    return new LabelOverlay(rules, base, current, answer);
  }

  SingleLabel result() {
    return result;
  }

  /** Properties that were written. */
  List<String> changed() {
    return changed;
  }

  /** Properties the annotator changed without being allowed to. */
  List<String> refused() {
    return refused;
  }

  /** Properties both sides changed. */
  List<String> conflicts() {
    return conflicts;
  }

  private void merge() {
    if (rules.kind().hasClassName()
        && wants("label", base.label(), result.label(), answer.label(), Restriction.LABEL_EDITS)) {
      setLabel(answer.label());
    }
    if (rules.takesIndex(answer)
        && wants("index", base.index(), result.index(), answer.index(), Restriction.INDEX_EDITS)) {
      setIndex(answer.index());
    }
    geometry();
    if (rules.keyframes()) {
      Object mark = answer.attributes().get(SingleLabel.KEYFRAME);
      if (wants(
          SingleLabel.KEYFRAME,
          attribute(base, SingleLabel.KEYFRAME),
          attribute(result, SingleLabel.KEYFRAME),
          mark,
          null)) {
        setAttribute(SingleLabel.KEYFRAME, mark);
      }
    }
    for (AttributeSchema attribute : rules.attributes(result.label(), answer)) {
      String name = attribute.name();
      Object wanted = attribute(answer, name);
      if (attribute.isReadOnly()) {
        if (!Values.same(attribute(base, name), wanted)) {
          refused.add(name);
        }
      } else if (wants(name, attribute(base, name), attribute(result, name), wanted, null)) {
        setAttribute(name, wanted);
      }
    }
  }

  /** Whether a property is to be written; notes why not. */
  private boolean wants(
      String property,
      @Nullable Object before,
      @Nullable Object current,
      @Nullable Object after,
      @Nullable Restriction restriction) {
    if (Objects.equals(before, after)
        || Values.same(before, after)
        || Objects.equals(current, after)) {
      return false;
    }
    if (restriction != null && !rules.allows(restriction)) {
      refused.add(property);
      return false;
    }
    if (!Objects.equals(before, current) && !Values.same(before, current)) {
      conflicts.add(property);
      if (rules.policy() == ConflictPolicy.OURS) {
        return false;
      }
    }
    changed.add(property);
    return true;
  }

  private void geometry() {
    if (result instanceof Detection c
        && base instanceof Detection b
        && answer instanceof Detection a) {
      Object before = Values.listOf(b.boundingBox(), b.mask());
      Object current = Values.listOf(c.boundingBox(), c.mask());
      Object after = Values.listOf(a.boundingBox(), a.mask());
      if (wants("bounding_box", before, current, after, Restriction.SPATIAL_EDITS)) {
        result = c.withBoundingBox(a.boundingBox()).withMask(a.mask()).withMaskPath(a.maskPath());
      }
    } else if (result instanceof Polyline c
        && base instanceof Polyline b
        && answer instanceof Polyline a) {
      Object before = Values.listOf(b.points(), b.closed(), b.filled());
      Object current = Values.listOf(c.points(), c.closed(), c.filled());
      Object after = Values.listOf(a.points(), a.closed(), a.filled());
      if (wants("points", before, current, after, Restriction.SPATIAL_EDITS)) {
        result = c.withPoints(a.points()).withClosed(a.closed()).withFilled(a.filled());
      }
    } else if (result instanceof Keypoint c
        && base instanceof Keypoint b
        && answer instanceof Keypoint a) {
      if (wants("points", b.points(), c.points(), a.points(), Restriction.SPATIAL_EDITS)) {
        boolean sameCount = c.points().size() == a.points().size();
        result =
            c.withPoints(a.points()).withConfidence(sameCount ? c.confidence() : a.confidence());
      }
    } else if (result instanceof Segmentation c
        && base instanceof Segmentation b
        && answer instanceof Segmentation a) {
      if (wants("mask", b.mask(), c.mask(), a.mask(), Restriction.SPATIAL_EDITS)) {
        result = c.withMask(a.mask()).withMaskPath(a.maskPath());
      }
    }
  }

  private void setLabel(@Nullable String label) {
    if (result instanceof Detection d) {
      result = d.withLabel(label);
    } else if (result instanceof Classification c) {
      result = c.withLabel(label);
    } else if (result instanceof Polyline p) {
      result = p.withLabel(label);
    } else if (result instanceof Keypoint k) {
      result = k.withLabel(label);
    }
  }

  private void setIndex(@Nullable Integer index) {
    result = withIndex(result, index);
  }

  /** The label with another index; unchanged if its type has none. */
  static SingleLabel withIndex(SingleLabel label, @Nullable Integer index) {
    if (label instanceof Detection d) {
      return d.withIndex(index);
    }
    if (label instanceof Polyline p) {
      return p.withIndex(index);
    }
    return label instanceof Keypoint k ? k.withIndex(index) : label;
  }

  private void setAttribute(String name, @Nullable Object value) {
    Document attributes = result.attributes();
    Document legacy = attributes.getDocument("attributes");
    if (!attributes.contains(name) && legacy.get(name) instanceof Document entry) {
      Document changedLegacy =
          value == null ? legacy.without(name) : legacy.with(name, entry.with("value", value));
      result =
          result.withAttributes(
              changedLegacy.isEmpty()
                  ? attributes.without("attributes")
                  : attributes.with("attributes", changedLegacy));
      return;
    }
    result =
        result.withAttributes(
            value == null ? attributes.without(name) : attributes.with(name, value));
  }

  /** The value of a custom attribute, also from the legacy attribute dict; or null. */
  static @Nullable Object attribute(SingleLabel label, String name) {
    Object value = label.attributes().get(name);
    if (value == null && label.attributes().get("attributes") instanceof Document legacy) {
      Object entry = legacy.get(name);
      return entry instanceof Document d ? d.get("value") : entry;
    }
    return value;
  }
}
