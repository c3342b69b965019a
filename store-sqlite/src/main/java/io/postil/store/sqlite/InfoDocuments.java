package io.postil.store.sqlite;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.DatasetInfo.GroupInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Skeleton;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A dataset's description as the document that is stored, and back. Stateless. */
final class InfoDocuments {
  private InfoDocuments() {}

  static Document toDocument(DatasetInfo info) {
    return Document.builder()
        .put("media_type", info.mediaType().id())
        .putIfPresent("group", info.group() == null ? null : group(info.group()))
        .put("sample_fields", specs(info.sampleFields()))
        .put("frame_fields", specs(info.frameFields()))
        .put("classes", map(info.classes(), Values::list))
        .put("default_classes", Values.list(info.defaultClasses()))
        .put("mask_targets", map(info.maskTargets(), Document::of))
        .put("default_mask_targets", Document.of(info.defaultMaskTargets()))
        .put("skeletons", map(info.skeletons(), InfoDocuments::skeleton))
        .putIfPresent(
            "default_skeleton",
            info.defaultSkeleton() == null ? null : skeleton(info.defaultSkeleton()))
        .put("tags", Values.list(info.tags()))
        .put("info", info.info())
        .put("created_at", info.createdAt())
        .put("extras", info.extras())
        .build();
  }

  static DatasetInfo fromDocument(ObjectId id, String name, Document document) {
    return new DatasetInfo(
        id,
        name,
        MediaType.of(document.getString("media_type", "")),
        group(document.get("group", Document.class)),
        specsOf(document.getList("sample_fields")),
        specsOf(document.getList("frame_fields")),
        read(document.getDocument("classes"), InfoDocuments::texts),
        texts(document.getList("default_classes")),
        read(document.getDocument("mask_targets"), InfoDocuments::names),
        names(document.getDocument("default_mask_targets")),
        read(document.getDocument("skeletons"), InfoDocuments::skeletonOf),
        document.contains("default_skeleton")
            ? skeletonOf(document.getDocument("default_skeleton"))
            : null,
        texts(document.getList("tags")),
        document.getDocument("info"),
        document.get("created_at") instanceof Instant t ? t : Instant.EPOCH,
        document.getDocument("extras"));
  }

  private static <T> Document map(Map<String, T> map, Function<T, Object> write) {
    Document.Builder builder = Document.builder();
    map.forEach((name, value) -> builder.put(name, write.apply(value)));
    return builder.build();
  }

  private static <T> Map<String, T> read(Document document, Function<@Nullable Object, T> read) {
    Map<String, T> map = new LinkedHashMap<>();
    document.forEach((name, value) -> map.put(name, read.apply(value)));
    return map;
  }

  private static List<String> texts(@Nullable Object value) {
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  private static Map<String, String> names(@Nullable Object value) {
    return value instanceof Document d ? read(d, String::valueOf) : Map.of();
  }

  private static Document group(GroupInfo group) {
    return Document.builder()
        .put("field", group.field())
        .put("slices", map(group.slices(), MediaType::id))
        .put("default_slice", group.defaultSlice())
        .build();
  }

  private static @Nullable GroupInfo group(@Nullable Document document) {
    return document == null
        ? null
        : new GroupInfo(
            document.getString("field", ""),
            read(document.getDocument("slices"), id -> MediaType.of(String.valueOf(id))),
            document.getString("default_slice", ""));
  }

  private static Document skeleton(Skeleton skeleton) {
    return Document.of(
        "labels",
        Values.list(skeleton.labels()),
        "edges",
        Values.list(skeleton.edges().stream().map(Values::list).toList()));
  }

  private static Skeleton skeletonOf(@Nullable Object value) {
    Document document = value instanceof Document d ? d : Document.empty();
    List<List<Integer>> edges =
        document.getList("edges").stream()
            .map(edge -> edge instanceof List<?> list ? list : List.of())
            .map(edge -> edge.stream().map(n -> ((Number) n).intValue()).toList())
            .toList();
    return new Skeleton(texts(document.getList("labels")), edges);
  }

  private static List<@Nullable Object> specs(List<FieldSpec> specs) {
    return Values.list(specs.stream().map(InfoDocuments::spec).toList());
  }

  private static List<FieldSpec> specsOf(List<@Nullable Object> values) {
    return values.stream()
        .map(value -> specOf(value instanceof Document d ? d : Document.empty()))
        .toList();
  }

  private static Document spec(FieldSpec spec) {
    return Document.builder()
        .put("name", spec.name())
        .put("type", spec.type().id())
        .putIfPresent("class", spec.documentClass())
        .putIfPresent("element", spec.element() == null ? null : spec(spec.element()))
        .put("fields", specs(spec.fields()))
        .put("extras", spec.extras())
        .build();
  }

  private static FieldSpec specOf(Document document) {
    FieldType type = FieldType.ofId(document.getString("type", ""));
    Document element = document.get("element", Document.class);
    return new FieldSpec(
        document.getString("name", ""),
        type == null ? FieldType.OTHER : type,
        document.getString("class"),
        element == null ? null : specOf(element),
        specsOf(document.getList("fields")),
        document.getDocument("extras"));
  }
}
