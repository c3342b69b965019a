package io.postil.store.mongo;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * What in stored documents breaks the schema in a way that keeps the server from evaluating a view,
 * or Postil from writing a label by its id: a field that is no label, a list that is none, labels
 * without an id. Such values can be read, and ride along. Stateless.
 */
final class SchemaFaults {
  private SchemaFaults() {}

  /**
   * Finds documents whose label fields the server cannot go through; null if no field has labels.
   */
  static @Nullable BsonDocument filter(Collection<FieldSpec> fields) {
    List<Document> any = new ArrayList<>();
    for (FieldSpec field : fields) {
      String list = LabelAttributes.listName(field);
      if (list != null) {
        any.add(Document.of(field.name(), not("object")));
        any.add(Document.of(field.name(), Document.of("$type", "array")));
        any.add(Document.of(field.name() + "." + list, not("array")));
      }
    }
    return any.isEmpty() ? null : BsonValues.toBson(Document.of("$or", any));
  }

  private static Document not(String type) {
    return Document.of("$ne", null, "$not", Document.of("$type", Values.listOf(type)));
  }

  /** The error of a document with such a fault; null if it has none. */
  static @Nullable PostilException of(
      String collection, Document stored, Collection<FieldSpec> fields) {
    for (FieldSpec field : fields) {
      String fault = fault(field, stored.get(field.name()));
      if (fault != null) {
        return new PostilException(
            ErrorCode.STORE_CORRUPT,
            "the document "
                + stored.get("_id")
                + " of collection "
                + collection
                + " breaks the schema: "
                + fault,
            "Correct it (FiftyOne gives labels an _id when the sample is saved), or leave such"
                + " samples out with a view; the option invalidDocuments=skip of the database"
                + " address leaves out those whose labels are no lists.");
      }
    }
    return null;
  }

  private static @Nullable String fault(FieldSpec field, @Nullable Object value) {
    if (value == null || !FieldDocuments.holdsLabels(field)) {
      return null;
    }
    if (!(value instanceof Document label)) {
      return field.name() + " holds no label";
    }
    String list = LabelAttributes.listName(field);
    if (list == null) {
      return hasId(label) ? null : field.name() + " holds a label without a valid _id";
    }
    Object labels = label.get(list);
    if (labels == null) {
      return null;
    }
    String path = field.name() + "." + list;
    if (!(labels instanceof List<?> elements)) {
      return path + " is no list";
    }
    for (int i = 0; i < elements.size(); i++) {
      if (!hasId(elements.get(i))) {
        return "element " + i + " of " + path + " is no label with a valid _id";
      }
      if (elements.get(i) instanceof Document d && !hasTags(d)) {
        return "the tags of element " + i + " of " + path + " are no list of texts";
      }
    }
    return null;
  }

  private static boolean hasTags(Document label) {
    Object tags = label.get("tags");
    return tags == null
        || tags instanceof List<?> list && list.stream().allMatch(String.class::isInstance);
  }

  private static boolean hasId(@Nullable Object label) {
    return label instanceof Document d && d.get("_id") instanceof ObjectId;
  }
}
