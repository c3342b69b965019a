package io.postil.store.mongo;

import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * The updates that turn one value of a field into another. Labels of a list are edited, removed and
 * added by their id, each edit property by property, so that what another program did to other
 * labels, or to other properties, stays. Each update holds only where the database still has what
 * the change started from; labels that somebody added meanwhile do not matter. Stateless.
 */
final class FieldChange {
  /**
   * One update of a document.
   *
   * @param condition what must hold of the document
   * @param set properties to set, by path
   * @param unset properties to remove
   * @param arrayFilters what the placeholders in paths stand for
   * @param other an update of another kind, then alone: {@code $push}, {@code $pull} or a pipeline
   */
  record Update(
      BsonDocument condition,
      BsonDocument set,
      BsonDocument unset,
      List<BsonDocument> arrayFilters,
      @Nullable BsonValue other) {
    static Update of(BsonDocument condition, BsonDocument set, BsonDocument unset) {
      return new Update(condition, set, unset, List.of(), null);
    }

    static Update of(BsonDocument condition, BsonValue other) {
      return new Update(condition, new BsonDocument(), new BsonDocument(), List.of(), other);
    }

    /** Both in one, or null if they cannot be one update. */
    @Nullable Update and(Update next) {
      if (other != null
          || next.other != null
          || next.condition.keySet().stream().anyMatch(condition::containsKey)) {
        return null;
      }
      List<BsonDocument> filters = new ArrayList<>(arrayFilters);
      filters.addAll(next.arrayFilters);
      return new Update(
          both(condition, next.condition),
          both(set, next.set),
          both(unset, next.unset),
          filters,
          null);
    }

    private static BsonDocument both(BsonDocument a, BsonDocument b) {
      BsonDocument both = new BsonDocument();
      both.putAll(a);
      both.putAll(b);
      return both;
    }

    /** As the server wants it; also says that the document was modified now. */
    BsonValue body() {
      if (other instanceof BsonArray) {
        return other;
      }
      BsonDocument body = new BsonDocument();
      if (other != null) {
        body.putAll(other.asDocument());
      }
      if (!set.isEmpty()) {
        body.append("$set", set);
      }
      if (!unset.isEmpty()) {
        body.append("$unset", unset);
      }
      return body.append("$currentDate", new BsonDocument(MODIFIED, BsonBoolean.TRUE));
    }
  }

  static final String MODIFIED = "last_modified_at";

  private final String path;
  private final List<Update> updates = new ArrayList<>();

  private FieldChange(String path) {
    this.path = path;
  }

  /**
   * The updates, to be made in this order.
   *
   * @param field its name in the document
   */
  static List<Update> updates(String field, @Nullable Object before, @Nullable Object after) {
    FieldChange change = new FieldChange(field);
    if (before == null && after == null || before != null && before.equals(after)) {
      return List.of();
    }
    change.compare(before, after);
    return change.updates;
  }

  private void compare(@Nullable Object before, @Nullable Object after) {
    if (before instanceof LabelList<?> a
        && after instanceof LabelList<?> b
        && a.className().equals(b.className())
        && hasUniqueIds(a)
        && hasUniqueIds(b)) {
      lists(a, b);
    } else if (before instanceof SingleLabel a
        && after instanceof SingleLabel b
        && a.className().equals(b.className())
        && a.id().equals(b.id())
        && single(a, b)) {
      return;
    } else if (after == null) {
      updates.add(
          Update.of(whole(before), new BsonDocument(), new BsonDocument(path, BsonBoolean.TRUE)));
    } else {
      updates.add(
          Update.of(whole(before), new BsonDocument(path, stored(after)), new BsonDocument()));
    }
  }

  private static BsonValue stored(Object value) {
    return BsonValues.toBson(SampleDocuments.stored(value));
  }

  private static boolean hasUniqueIds(LabelList<?> list) {
    Set<ObjectId> ids = new HashSet<>();
    return list.labels().stream().allMatch(l -> ids.add(l.id()));
  }

  // --- conditions -------------------------------------------------------------------------------

  /** That the field still has a value as a whole. */
  private BsonDocument whole(@Nullable Object value) {
    if (value == null) {
      return new BsonDocument(path, BsonNull.VALUE);
    }
    if (value instanceof LabelList<?> list) {
      String labels = path + "." + list.listName();
      if (list.labels().isEmpty()) {
        return new BsonDocument(labels, in(new BsonArray(), BsonNull.VALUE))
            .append(path, new BsonDocument("$ne", BsonNull.VALUE));
      }
      BsonArray all = new BsonArray();
      list.labels().forEach(l -> all.add(elementMatch(LabelDocuments.toDocument(l), null)));
      return new BsonDocument(
          labels,
          new BsonDocument("$all", all).append("$size", new BsonInt32(list.labels().size())));
    }
    if (value instanceof SingleLabel label) {
      BsonDocument condition = new BsonDocument();
      properties(LabelDocuments.toDocument(label), null)
          .forEach((name, wanted) -> condition.append(path + "." + name, wanted));
      return condition;
    }
    Object plain = value instanceof Label label ? LabelDocuments.toDocument(label) : value;
    return new BsonDocument(path, new BsonDocument("$eq", BsonValues.toBson(plain)));
  }

  /** That an element of a list has an id and properties; all of them if no names are given. */
  private static BsonDocument elementMatch(Document label, @Nullable Set<String> names) {
    return new BsonDocument("$elemMatch", properties(label, names));
  }

  private static BsonDocument properties(Document label, @Nullable Set<String> names) {
    BsonDocument condition = new BsonDocument("_id", BsonValues.toBson(label.get("_id")));
    Set<String> wanted = names == null ? new LinkedHashSet<>(label.names()) : names;
    for (String name : wanted) {
      // Whether a class is written out does not matter.
      if (isPlainName(name) && !name.equals("_cls") && !name.equals("_id")) {
        condition.append(name, expected(label.get(name)));
      }
    }
    return condition;
  }

  /** A stored value may leave away what is empty or false. */
  private static BsonDocument expected(@Nullable Object value) {
    BsonValue wanted = BsonValues.toBson(value);
    boolean mayBeMissing =
        value instanceof List<?> list && list.isEmpty()
            || value instanceof Document d && d.isEmpty()
            || Boolean.FALSE.equals(value);
    return mayBeMissing ? in(wanted, BsonNull.VALUE) : new BsonDocument("$eq", wanted);
  }

  private static BsonDocument in(BsonValue... values) {
    return new BsonDocument("$in", new BsonArray(List.of(values)));
  }

  /** Whether a name can be part of a path. */
  private static boolean isPlainName(String name) {
    return !name.isEmpty() && name.indexOf('.') < 0 && name.charAt(0) != '$';
  }

  // --- single labels ----------------------------------------------------------------------------

  private boolean single(SingleLabel before, SingleLabel after) {
    Document old = LabelDocuments.toDocument(before);
    Document wanted = LabelDocuments.toDocument(after);
    Set<String> names = differing(old, wanted);
    if (!names.stream().allMatch(FieldChange::isPlainName)) {
      return false;
    }
    BsonDocument condition = new BsonDocument();
    properties(old, names).forEach((name, value) -> condition.append(path + "." + name, value));
    BsonDocument set = new BsonDocument();
    BsonDocument unset = new BsonDocument();
    assign(path + ".", wanted, names, set, unset);
    updates.add(Update.of(condition, set, unset));
    return true;
  }

  private static Set<String> differing(Document a, Document b) {
    Set<String> names = new LinkedHashSet<>();
    a.forEach(
        (name, value) -> {
          if (!b.contains(name) || !Values.same(value, b.get(name))) {
            names.add(name);
          }
        });
    b.forEach(
        (name, value) -> {
          if (!a.contains(name)) {
            names.add(name);
          }
        });
    return names;
  }

  private static void assign(
      String prefix, Document wanted, Set<String> names, BsonDocument set, BsonDocument unset) {
    for (String name : names) {
      if (wanted.contains(name)) {
        set.append(prefix + name, BsonValues.toBson(wanted.get(name)));
      } else {
        unset.append(prefix + name, BsonBoolean.TRUE);
      }
    }
  }

  // --- lists of labels --------------------------------------------------------------------------

  private void lists(LabelList<?> before, LabelList<?> after) {
    String list = path + "." + before.listName();
    Map<ObjectId, SingleLabel> old = byId(before);
    Map<ObjectId, SingleLabel> wanted = byId(after);
    extras(before.extras(), after.extras());
    if (old.isEmpty()) {
      BsonArray all = new BsonArray();
      wanted.values().forEach(l -> all.add(stored(l)));
      if (!all.isEmpty()) {
        updates.add(Update.of(whole(before), new BsonDocument(list, all), new BsonDocument()));
      }
      return;
    }
    edits(list, old, wanted);
    removals(list, old, wanted);
    additions(list, old, wanted);
  }

  private static Map<ObjectId, SingleLabel> byId(LabelList<?> list) {
    Map<ObjectId, SingleLabel> labels = new LinkedHashMap<>();
    list.labels().forEach(l -> labels.put(l.id(), l));
    return labels;
  }

  private void extras(Document before, Document after) {
    Set<String> names = differing(before, after);
    names.removeIf(name -> !isPlainName(name));
    if (!names.isEmpty()) {
      BsonDocument condition = new BsonDocument();
      names.forEach(name -> condition.append(path + "." + name, expected(before.get(name))));
      BsonDocument set = new BsonDocument();
      BsonDocument unset = new BsonDocument();
      assign(path + ".", after, names, set, unset);
      updates.add(Update.of(condition, set, unset));
    }
  }

  private void edits(
      String list, Map<ObjectId, SingleLabel> old, Map<ObjectId, SingleLabel> wanted) {
    BsonArray conditions = new BsonArray();
    BsonDocument set = new BsonDocument();
    BsonDocument unset = new BsonDocument();
    List<BsonDocument> filters = new ArrayList<>();
    for (SingleLabel label : wanted.values()) {
      SingleLabel was = old.get(label.id());
      if (was == null || was.equals(label)) {
        continue;
      }
      Document a = LabelDocuments.toDocument(was);
      Document b = LabelDocuments.toDocument(label);
      Set<String> names = differing(a, b);
      if (names.isEmpty()) {
        continue;
      }
      String placeholder = "l" + Integer.toHexString(path.hashCode()) + "x" + filters.size();
      filters.add(
          new BsonDocument(placeholder + "._id", new BsonObjectId(BsonValues.id(label.id()))));
      if (names.stream().allMatch(FieldChange::isPlainName)) {
        conditions.add(elementMatch(a, names));
        assign(list + ".$[" + placeholder + "].", b, names, set, unset);
      } else {
        conditions.add(elementMatch(a, null));
        set.append(list + ".$[" + placeholder + "]", BsonValues.toBson(b));
      }
    }
    if (!filters.isEmpty()) {
      updates.add(
          new Update(
              new BsonDocument(list, new BsonDocument("$all", conditions)),
              set,
              unset,
              filters,
              null));
    }
  }

  private void removals(
      String list, Map<ObjectId, SingleLabel> old, Map<ObjectId, SingleLabel> wanted) {
    BsonArray ids = new BsonArray();
    BsonArray conditions = new BsonArray();
    for (SingleLabel label : old.values()) {
      if (!wanted.containsKey(label.id())) {
        ids.add(new BsonObjectId(BsonValues.id(label.id())));
        conditions.add(elementMatch(LabelDocuments.toDocument(label), null));
      }
    }
    if (!ids.isEmpty()) {
      BsonDocument pull =
          new BsonDocument(list, new BsonDocument("_id", new BsonDocument("$in", ids)));
      updates.add(
          Update.of(
              new BsonDocument(list, new BsonDocument("$all", conditions)),
              new BsonDocument("$pull", pull)));
    }
  }

  private void additions(
      String list, Map<ObjectId, SingleLabel> old, Map<ObjectId, SingleLabel> wanted) {
    List<ObjectId> kept = old.keySet().stream().filter(wanted::containsKey).toList();
    List<ObjectId> keptAfter = wanted.keySet().stream().filter(old::containsKey).toList();
    boolean sameOrder = kept.equals(keptAfter);
    List<SingleLabel> run = new ArrayList<>();
    int at = 0;
    for (SingleLabel label : wanted.values()) {
      if (old.containsKey(label.id())) {
        push(list, run, sameOrder ? at - run.size() : -1);
      } else {
        run.add(label);
      }
      at++;
    }
    push(list, run, -1);
    if (!sameOrder) {
      reorder(list, wanted.keySet());
    }
  }

  /** Adds labels at a position of the list, or at its end if that is negative. */
  private void push(String list, List<SingleLabel> labels, int position) {
    if (labels.isEmpty()) {
      return;
    }
    BsonArray each = new BsonArray();
    BsonArray ids = new BsonArray();
    for (SingleLabel label : labels) {
      each.add(stored(label));
      ids.add(new BsonObjectId(BsonValues.id(label.id())));
    }
    BsonDocument value = new BsonDocument("$each", each);
    if (position >= 0) {
      value.append("$position", new BsonInt32(position));
    }
    updates.add(
        Update.of(
            new BsonDocument(list + "._id", new BsonDocument("$nin", ids)),
            new BsonDocument("$push", new BsonDocument(list, value))));
    labels.clear();
  }

  /** Puts labels in an order by their ids; those of others follow. */
  private void reorder(String list, Set<ObjectId> order) {
    BsonArray ids = new BsonArray();
    order.forEach(id -> ids.add(new BsonObjectId(BsonValues.id(id))));
    BsonString labels = new BsonString("$" + list);
    BsonDocument found =
        filter(labels, op("$eq", new BsonString("$$label._id"), new BsonString("$$id")));
    BsonDocument known =
        new BsonDocument(
            "$map",
            new BsonDocument("input", ids)
                .append("as", new BsonString("id"))
                .append("in", new BsonDocument("$first", found)));
    BsonDocument others =
        filter(
            labels,
            op("$not", new BsonArray(List.of(op("$in", new BsonString("$$label._id"), ids)))));
    BsonDocument all =
        filter(
            op("$concatArrays", known, others),
            op("$gt", new BsonString("$$label"), BsonNull.VALUE));
    BsonDocument set = new BsonDocument(list, all).append(MODIFIED, new BsonString("$$NOW"));
    updates.add(
        Update.of(new BsonDocument(), new BsonArray(List.of(new BsonDocument("$set", set)))));
  }

  private static BsonDocument filter(BsonValue input, BsonValue condition) {
    return new BsonDocument(
        "$filter",
        new BsonDocument("input", input)
            .append("as", new BsonString("label"))
            .append("cond", condition));
  }

  private static BsonDocument op(String name, BsonValue... arguments) {
    return new BsonDocument(
        name,
        arguments.length == 1 && arguments[0] instanceof BsonArray array
            ? array
            : new BsonArray(List.of(arguments)));
  }
}
