package io.postil.backends.cvat;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.RunContext;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Polyline;
import io.postil.core.label.Segmentation;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells which shapes of an item are which labels. The server's id decides; then our id in the
 * attribute {@code label_id}, if it is one of this item and no shape has it by its server's id: so
 * a shape that was copied with its attributes is a new label, and an id that somebody mistyped does
 * no harm. On a frame that two jobs share a label comes twice; the copy that somebody changed
 * counts.
 */
final class ShapeMatch {
  private final LabelIndex index;
  private final LabelEncoder encoder;
  private final LabelDecoder decoder;
  private final RunContext run;
  private final NewIds newIds;

  ShapeMatch(
      LabelIndex index, LabelEncoder encoder, LabelDecoder decoder, RunContext run, NewIds newIds) {
    this.index = index;
    this.encoder = encoder;
    this.decoder = decoder;
    this.run = run;
    this.newIds = newIds;
  }

  /** Masks and outlines of a segmentation. */
  private static final class Painting {
    final List<Map.Entry<CvatShape, Integer>> shapes = new ArrayList<>();
    final Map<Integer, CvatShape> claimed = new TreeMap<>();
    boolean drawnAnew;
  }

  /**
   * What shapes are matched with: an item, or one frame of a video.
   *
   * @param item the item
   * @param size of its media
   * @param sent tells what was sent as a shape; null if nothing was
   * @param leftOut labels that were not sent
   * @param base what the server is known to hold of the item or frame
   * @param frame the number of the frame here; 0 for the item itself
   * @param shared whether two jobs have a frame
   */
  record Question(
      ObjectId item,
      PixelSize size,
      Function<CvatShape, SentItem.@Nullable Sent> sent,
      Collection<ObjectId> leftOut,
      BaseLabels base,
      int frame,
      IntPredicate shared) {}

  /**
   * Which shapes are which labels.
   *
   * @param claimed by label its shapes by part
   * @param fresh shapes that are none of the base, with the ids of their labels
   */
  private record Claims(
      Map<ObjectId, TreeMap<Integer, CvatShape>> claimed, Map<CvatShape, ObjectId> fresh) {}

  /** Matches the shapes and tags of an item. */
  void match(Question question, List<CvatShape> shapes, ItemAnswer answer) {
    tell(question, claims(question, shapes, null), answer);
  }

  /**
   * Matches the shapes and tags of one frame of a video.
   *
   * @param elsewhere takes those that say they are a label of another frame; nothing is told of
   *     them
   */
  void match(
      Question question, List<CvatShape> shapes, List<CvatShape> elsewhere, ItemAnswer answer) {
    tell(question, claims(question, shapes, elsewhere), answer);
  }

  /** The labels that shapes of a frame of a video are. */
  Set<ObjectId> claimed(Question question, List<CvatShape> shapes) {
    return claims(question, shapes, new ArrayList<>()).claimed().keySet();
  }

  private Claims claims(
      Question question, List<CvatShape> shapes, @Nullable List<CvatShape> elsewhere) {
    Map<ObjectId, TreeMap<Integer, CvatShape>> claimed = new LinkedHashMap<>();
    List<CvatShape> unknown = new ArrayList<>();
    Map<CvatShape, ObjectId> fresh = new LinkedHashMap<>();
    BaseLabels base = question.base();
    for (CvatShape shape : shapes) {
      SentItem.Sent sent = question.sent().apply(shape);
      if (sent != null && base.get(sent.label()) == null) {
        if (elsewhere != null) {
          elsewhere.add(shape);
        } else {
          // Deleted here meanwhile, or by an earlier load and restored there.
          fresh.put(shape, sent.label());
        }
      } else if (sent != null) {
        claim(claimed, sent.label(), sent.part(), shape);
      } else if (base.get(newIds.of(shape)) != null) {
        claim(claimed, newIds.of(shape), 0, shape);
      } else {
        unknown.add(shape);
      }
    }
    for (CvatShape shape : unknown) {
      ObjectId own = ownId(shape);
      if (elsewhere != null && own != null && base.get(own) == null) {
        elsewhere.add(shape);
      } else if (!claimByOwnId(claimed, base, shape, question.size(), question.shared())) {
        fresh.put(shape, newIds.of(shape));
      }
    }
    return new Claims(claimed, fresh);
  }

  private void tell(Question question, Claims claims, ItemAnswer answer) {
    BaseLabels base = question.base();
    Map<CvatShape, ObjectId> fresh = claims.fresh();
    Map<String, Painting> paintings = new HashMap<>();
    claims
        .claimed()
        .forEach(
            (id, parts) -> {
              BaseLabels.Held held = java.util.Objects.requireNonNull(base.get(id));
              CvatShape first = parts.firstEntry().getValue();
              if (held.label() instanceof Segmentation) {
                paint(paintings, held.field(), question.frame(), parts);
              } else if (fits(held, first)) {
                answer.add(
                    held.field(),
                    question.frame(),
                    decoder.edited(held.field(), held.label(), parts, question.size()));
              } else {
                parts.values().forEach(s -> fresh.put(s, newIds.of(s)));
              }
            });
    fresh.forEach((shape, id) -> fresh(question, shape, id, paintings, answer));
    paintings.forEach((key, painting) -> finish(question, key, painting, answer));
    for (ObjectId left : question.leftOut()) {
      BaseLabels.Held held = base.get(left);
      if (held != null && !claims.claimed().containsKey(left)) {
        answer.add(held.field(), held.frame(), held.label());
      }
    }
  }

  private static void claim(
      Map<ObjectId, TreeMap<Integer, CvatShape>> claimed, ObjectId id, int part, CvatShape shape) {
    claimed.computeIfAbsent(id, i -> new TreeMap<>()).put(part, shape);
  }

  private boolean claimByOwnId(
      Map<ObjectId, TreeMap<Integer, CvatShape>> claimed,
      BaseLabels base,
      CvatShape shape,
      PixelSize size,
      IntPredicate shared) {
    ObjectId own = ownId(shape);
    BaseLabels.Held held = own == null ? null : base.get(own);
    if (own == null || held == null) {
      return false;
    }
    int part = -1;
    int first = -1;
    boolean asSent = false;
    for (LabelEncoder.Part sent : encoder.geometry(held.field(), held.label(), size)) {
      boolean same = sent.shape().sameGeometry(shape);
      first = first < 0 ? sent.part() : first;
      if (part < 0 && same) {
        part = sent.part();
        asSent = true;
      }
    }
    part = part < 0 ? Math.max(0, first) : part;
    TreeMap<Integer, CvatShape> parts = claimed.get(own);
    if (parts == null || !parts.containsKey(part) && asSent) {
      claim(claimed, own, part, shape);
      return true;
    }
    CvatShape other = parts.get(part);
    if (!shared.test(shape.frame()) || other == null) {
      return false;
    }
    if (asSent && shape.attributes().equals(other.attributes())
        || other.sameGeometry(shape) && other.labelId() == shape.labelId()) {
      return true;
    }
    CvatShape wasSent = null;
    for (LabelEncoder.Part sent : encoder.geometry(held.field(), held.label(), size)) {
      wasSent = sent.part() == part ? sent.shape() : wasSent;
    }
    if (asSent) {
      return true;
    }
    if (wasSent != null && wasSent.sameGeometry(other)) {
      claim(claimed, own, part, shape);
      return true;
    }
    return false;
  }

  private @Nullable ObjectId ownId(CvatShape shape) {
    return ownId(shape.labelId(), shape.attributes());
  }

  /** Our id in the attribute {@code label_id}; null if there is none that can be read. */
  @Nullable ObjectId ownId(int labelId, Map<Integer, String> attributes) {
    LabelIndex.ServerLabel label = index.label(labelId);
    LabelIndex.ServerAttribute attribute =
        label == null ? null : label.attributes().get(Catalogue.LABEL_ID);
    String text = attribute == null ? null : attributes.get(attribute.id());
    return text != null && ObjectId.isValid(text.strip()) ? ObjectId.of(text.strip()) : null;
  }

  /** Whether a shape can still be the label it was. */
  static boolean fits(BaseLabels.Held held, CvatShape shape) {
    LabelType type = held.field().type();
    boolean instance = type == LabelType.INSTANCE || type == LabelType.INSTANCES;
    String now = shape.type();
    // First, since most labels are boxes, and the switch below is linked at its first use.
    if (held.label() instanceof Detection) {
      return switch (now) {
        case Boxes.TYPE, Cuboids.TYPE, Masks.TYPE -> true;
        case Paths.POLYGON, Ellipses.TYPE -> instance;
        default -> false;
      };
    }
    return switch (held.label()) {
      case Classification c -> now.equals(CvatShape.TAG);
      case Polyline p -> now.equals(p.filled() ? Paths.POLYGON : Paths.POLYLINE);
      case Keypoint k -> now.equals(KeypointShapes.POINTS) || now.equals(KeypointShapes.SKELETON);
      default -> false;
    };
  }

  private void fresh(
      Question question,
      CvatShape shape,
      ObjectId id,
      Map<String, Painting> paintings,
      ItemAnswer answer) {
    int frame = question.frame();
    FieldSchema field = index.fieldOf(shape.labelId(), shape.type());
    if (field == null) {
      return;
    }
    if (field.kind() == AnswerKind.SCALAR && field.type() != null) {
      scalar(field, shape, question.base(), frame, answer);
    } else if (field.kind() == AnswerKind.SEGMENTATION
        && !shape.type().equals(CvatShape.TAG)
        && !shape.type().equals(Paths.POLYLINE)
        && !shape.type().equals(KeypointShapes.POINTS)) {
      Painting painting =
          paintings.computeIfAbsent(frame + "\0" + field.field(), k -> new Painting());
      painting.drawnAnew = true;
      add(painting, field, shape);
    } else {
      answer.add(field, frame, decoder.fresh(field, shape, id, question.size()));
    }
  }

  private void scalar(
      FieldSchema field, CvatShape shape, BaseLabels base, int frame, ItemAnswer answer) {
    Object before = base.scalar(field, frame);
    String text = index.className(field, shape.labelId());
    if (text == null) {
      LabelIndex.ServerLabel label = index.label(shape.labelId());
      LabelIndex.ServerAttribute attribute =
          label == null ? null : label.attributes().get(Catalogue.VALUE);
      text = attribute == null ? "" : shape.attributes().getOrDefault(attribute.id(), "");
    }
    Object value = AttributeValues.scalar(text, before, run.scalarTypes().get(field.field()));
    if (value != null) {
      answer.scalar(field, frame, value);
    }
  }

  // --- segmentations --------------------------------------------------------------------------

  private void paint(
      Map<String, Painting> paintings,
      FieldSchema field,
      int frame,
      TreeMap<Integer, CvatShape> parts) {
    Painting painting =
        paintings.computeIfAbsent(frame + "\0" + field.field(), k -> new Painting());
    parts.forEach(
        (part, shape) -> {
          painting.claimed.put(part, shape);
          add(painting, field, shape);
        });
  }

  private void add(Painting painting, FieldSchema field, CvatShape shape) {
    String name = index.className(field, shape.labelId());
    SegmentationMasks.targets(field)
        .forEach(
            (value, target) -> {
              if (target.equals(name)) {
                painting.shapes.add(Map.entry(shape, value));
              }
            });
  }

  private void finish(Question question, String key, Painting painting, ItemAnswer answer) {
    int frame = Integer.parseInt(key.substring(0, key.indexOf('\0')));
    FieldSchema field = run.schema().field(key.substring(key.indexOf('\0') + 1)).orElseThrow();
    Segmentation before = null;
    for (BaseLabels.Held held : question.base().labels()) {
      if (held.frame() == frame
          && held.field().field().equals(field.field())
          && held.label() instanceof Segmentation s) {
        before = s;
      }
    }
    if (before != null
        && !painting.drawnAnew
        && isAsSent(field, before, painting, question.size())) {
      answer.add(field, frame, before);
      return;
    }
    painting.shapes.sort(
        (a, b) -> {
          int byLayer = Integer.compare(a.getKey().zOrder(), b.getKey().zOrder());
          return byLayer != 0 ? byLayer : Long.compare(a.getKey().id(), b.getKey().id());
        });
    NdArray mask =
        SegmentationMasks.paint(
            before == null ? null : before.mask(), field, painting.shapes, question.size());
    SingleLabel label =
        before == null
            ? Segmentation.of(mask)
                .withId(newIds.ofSegmentation(question.item(), field.field() + frame))
            : before.withMask(mask).withMaskPath(null);
    answer.add(field, frame, label);
  }

  private boolean isAsSent(
      FieldSchema field, Segmentation before, Painting painting, PixelSize size) {
    List<LabelEncoder.Part> sent = encoder.geometry(field, before, size);
    if (sent.size() != painting.claimed.size()) {
      return false;
    }
    List<String> names = SegmentationMasks.names(field);
    for (LabelEncoder.Part part : sent) {
      CvatShape now = painting.claimed.get(part.part());
      if (now == null
          || !part.shape().sameGeometry(now)
          || !names.get(part.part()).equals(index.className(field, now.labelId()))) {
        return false;
      }
    }
    return true;
  }
}
