package io.postil.store.mongo;

import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** The update of one sample or frame, which changes of several fields may join. Not thread-safe. */
final class SampleUpdate {
  private final ObjectId sample;
  private final String collection;
  private final Document key;
  private final Supplier<PostilException> stale;
  private final PlacedEdits.Paths paths;
  private final List<FieldUpdate> parts = new ArrayList<>(8);
  private final List<FieldChange.Back> backs = new ArrayList<>(8);
  private int epoch;

  /**
   * An update that changes nothing yet.
   *
   * @param sample that it is about, itself or one of its frames
   * @param key the filter that finds the document
   * @param stale what is wrong if the document is not what it should be
   * @param paths what its edits share with those of other samples
   */
  SampleUpdate(
      ObjectId sample,
      String collection,
      Document key,
      int epoch,
      Supplier<PostilException> stale,
      PlacedEdits.Paths paths) {
    this.sample = sample;
    this.collection = collection;
    this.key = key;
    this.epoch = epoch;
    this.stale = stale;
    this.paths = paths;
  }

  /** The sample it is about. */
  ObjectId sample() {
    return sample;
  }

  /** Whether this is about a document, and a further change can be made with what is here. */
  boolean canTake(String otherCollection, Document otherKey, FieldUpdate next) {
    if (!collection.equals(otherCollection) || !key.equals(otherKey)) {
      return false;
    }
    for (FieldUpdate part : parts) {
      if (!part.canJoin(next)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Takes a change.
   *
   * @param back how it is taken back; null if that is told by another update
   * @param readIn the transaction that read what the change starts from, or {@link Reads#NEVER}
   */
  void add(FieldUpdate update, FieldChange.@Nullable Back back, int readIn) {
    parts.add(update);
    if (back != null) {
      backs.add(back);
    }
    if (readIn != epoch) {
      epoch = Reads.NEVER;
    }
  }

  /** As it is sent. */
  Op op() {
    List<Condition> conditions = new ArrayList<>(parts.size());
    for (FieldUpdate part : parts) {
      conditions.add(part.condition());
    }
    Undo ways = new Undo(collection, key, List.copyOf(backs));
    Op.Undo undo = new Op.Undo.By(ways, held());
    if (epoch == Reads.NEVER) {
      Document.Builder set = Document.builder();
      parts.forEach(part -> part.expressions().forEach(set::append));
      return op(collection, filter(key, conditions, set.build()), parts, undo, stale, null);
    }
    Document found = key;
    if (PlacedEdits.canMake(parts)) {
      PlacedEdits placed = PlacedEdits.of(parts, paths);
      Op.Known known =
          new Op.Known(
              epoch,
              op -> {
                BsonValue body = placed.byId();
                return op.with(BsonValues.raw(filter(found, conditions, set(body))), body);
              });
      Op.Undo back = new Op.Undo.By(ways, held() + placed.held());
      return new Op(
          collection,
          Op.Kind.UPDATE,
          BsonValues.raw(key),
          placed.body(),
          List.of(),
          false,
          back,
          stale,
          known);
    }
    Op.Known known =
        new Op.Known(
            epoch,
            op -> op.with(BsonValues.raw(filter(found, conditions, set(op.body()))), op.body()));
    return op(collection, key, parts, undo, stale, known);
  }

  private static Op op(
      String collection,
      Document filter,
      List<FieldUpdate> parts,
      Op.Undo undo,
      @Nullable Supplier<PostilException> stale,
      Op.@Nullable Known known) {
    Object update = FieldUpdate.body(parts);
    // Bytes, as they are sent, take little room while they are remembered.
    BsonValue body =
        update instanceof Document operators
            ? BsonValues.raw(operators)
            : BsonValues.toBson(update);
    List<BsonDocument> arrayFilters = new ArrayList<>();
    parts.forEach(part -> part.arrayFilters().forEach(f -> arrayFilters.add(BsonValues.raw(f))));
    BsonDocument found = BsonValues.raw(filter);
    return new Op(collection, Op.Kind.UPDATE, found, body, arrayFilters, false, undo, stale, known);
  }

  private long held() {
    long held = 0;
    for (FieldChange.Back back : backs) {
      held += back.held();
    }
    return held;
  }

  private static Document filter(Document key, List<Condition> conditions, Document set) {
    Document.Builder filter = key.toBuilder();
    conditions.forEach(condition -> condition.filter(set).forEach(filter::append));
    return filter.build();
  }

  /** The expressions of an update in stages, by path. */
  private static Document set(@Nullable BsonValue body) {
    return body instanceof BsonArray stages
            && !stages.isEmpty()
            && stages.get(0) instanceof RawBsonDocument first
        ? BsonValues.fromRaw(first).getDocument("$set")
        : Document.empty();
  }

  /** What takes the changes back; in the journal the last comes first. */
  private record Undo(String collection, Document key, List<FieldChange.Back> backs)
      implements Function<Op, List<Op>> {
    @Override
    public List<Op> apply(Op done) {
      Document set = set(done.body());
      List<Op> undo = new ArrayList<>();
      for (FieldChange.Back back : backs) {
        List<Op> ops = new ArrayList<>();
        for (FieldUpdate update : back.updates(set)) {
          Document filter = filter(key, List.of(update.condition()), update.expressions());
          ops.add(op(collection, filter, List.of(update), Op.LAST, null, null));
        }
        undo.addAll(ops.reversed());
      }
      return undo;
    }
  }
}
