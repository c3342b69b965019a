package io.postil.store.mongo;

import io.postil.core.label.Classification;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.packed.PackedReader;
import io.postil.core.packed.PackedWriter;
import io.postil.core.packed.TextTable;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How a change of a list of labels is taken back: the labels that differ, packed, and the order of
 * all by their ids. A transaction remembers one for each list it changes. Immutable.
 *
 * @param field its name in the document
 * @param before the list as it was, without its labels
 * @param after the list as it became, without its labels
 */
record ListBack(
    String field, LabelList<?> before, LabelList<?> after, Packed former, Packed current)
    implements FieldChange.Back {
  /**
   * Labels of one state.
   *
   * @param order the ids of all
   * @param differing a list of those that the other state has not
   */
  @SuppressWarnings("ArrayRecordComponent") // It is only read here.
  private record Packed(byte[] order, byte[] differing) {}

  static ListBack of(String field, LabelList<?> before, LabelList<?> after) {
    Map<ObjectId, SingleLabel> old = new HashMap<>();
    before.labels().forEach(label -> old.put(label.id(), label));
    List<SingleLabel> made = new ArrayList<>();
    for (SingleLabel label : after.labels()) {
      SingleLabel was = old.get(label.id());
      if (was == label || label.equals(was)) {
        old.remove(label.id());
      } else {
        made.add(label);
      }
    }
    List<SingleLabel> gone = new ArrayList<>();
    for (SingleLabel label : before.labels()) {
      if (old.containsKey(label.id())) {
        gone.add(label);
      }
    }
    return new ListBack(
        field,
        before.withLabels(List.of()),
        after.withLabels(List.of()),
        pack(before, gone),
        pack(after, made));
  }

  private static Packed pack(LabelList<?> list, List<SingleLabel> differing) {
    byte[] order = new byte[12 * list.labels().size()];
    int at = 0;
    for (SingleLabel label : list.labels()) {
      BsonBytes.putId(order, at, label.id());
      at += 12;
    }
    return new Packed(
        order, new PackedWriter(TextTable.NONE).write(list.withLabels(differing), null));
  }

  @Override
  public List<FieldUpdate> updates(Document set) {
    Map<ObjectId, SingleLabel> same = new HashMap<>();
    return FieldChange.between(
        field, after, unpack(current, same), before, unpack(former, same), true);
  }

  /**
   * The updates that make the change, whose conditions are made again from here when they are asked
   * for, so that they need not be remembered.
   */
  List<FieldUpdate> withConditionsFromHere(List<FieldUpdate> updates) {
    List<FieldUpdate> light = new ArrayList<>(updates.size());
    for (int i = 0; i < updates.size(); i++) {
      light.add(updates.get(i).with(new MadeAgain(this, i, updates.get(i).condition().paths())));
    }
    return light;
  }

  private record MadeAgain(ListBack change, int update, List<String> paths) implements Condition {
    @Override
    public Document filter(Document set) {
      Map<ObjectId, SingleLabel> same = new HashMap<>();
      return FieldChange.between(
              change.field,
              change.before,
              unpack(change.former, same),
              change.after,
              unpack(change.current, same),
              false)
          .get(update)
          .condition()
          .filter(set);
    }
  }

  /** All labels of a state; one that does not differ is only an id, the same in both states. */
  private static List<SingleLabel> unpack(Packed packed, Map<ObjectId, SingleLabel> same) {
    Map<ObjectId, SingleLabel> differing = new HashMap<>();
    read(packed.differing).labels().forEach(label -> differing.put(label.id(), label));
    List<SingleLabel> labels = new ArrayList<>();
    for (int at = 0; at < packed.order.length; at += 12) {
      ObjectId id = BsonBytes.id(packed.order, at);
      SingleLabel label = differing.get(id);
      labels.add(
          label != null ? label : same.computeIfAbsent(id, i -> Classification.of("").withId(i)));
    }
    return labels;
  }

  private static LabelList<?> read(byte[] packed) {
    try {
      return (LabelList<?>)
          Objects.requireNonNull(new PackedReader(TextTable.NONE).read(packed, null));
    } catch (PackedReader.Malformed e) {
      throw new IllegalStateException("labels that were packed before cannot be read", e);
    }
  }

  @Override
  public long held() {
    return 200L
        + former.order.length
        + former.differing.length
        + current.order.length
        + current.differing.length;
  }
}
