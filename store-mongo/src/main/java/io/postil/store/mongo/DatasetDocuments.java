package io.postil.store.mongo;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.DatasetInfo.GroupInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Skeleton;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Dataset documents as FiftyOne stores them, and back. Stateless. */
final class DatasetDocuments {
  /** The version of FiftyOne whose layout is written. */
  static final String VERSION = "1.22.1";

  /** Keys with a place of their own in {@link DatasetInfo}, or that only FiftyOne uses. */
  private static final Set<String> KNOWN =
      Set.of(
          "_id",
          "name",
          "slug",
          "version",
          "created_at",
          "last_modified_at",
          "last_deletion_at",
          "last_loaded_at",
          "sample_collection_name",
          "frame_collection_name",
          "persistent",
          "media_type",
          "_media_roots",
          "_media_sources",
          "_media_source_layouts",
          "group_field",
          "group_media_types",
          "default_group_slice",
          "tags",
          "info",
          "app_config",
          "classes",
          "default_classes",
          "mask_targets",
          "default_mask_targets",
          "skeletons",
          "default_skeleton",
          "camera_intrinsics",
          "static_transforms",
          "sample_fields",
          "frame_fields",
          "saved_views",
          "workspaces",
          "annotation_runs",
          "brain_methods",
          "evaluations",
          "runs",
          "active_label_schemas",
          "label_schemas",
          "frame_label_schemas");

  private DatasetDocuments() {}

  // --- reading ----------------------------------------------------------------------------------

  /** What a dataset document says. */
  static DatasetInfo info(Document document) {
    Document.Builder extras = Document.builder();
    document.forEach(
        (name, value) -> {
          if (!KNOWN.contains(name) && value != null) {
            extras.put(name, value);
          }
        });
    return new DatasetInfo(
        Objects.requireNonNull(document.get("_id", ObjectId.class)),
        document.getString("name", ""),
        MediaType.of(document.getString("media_type", "unknown")),
        group(document),
        FieldDocuments.sampleSpecs(document),
        FieldDocuments.frameSpecs(document),
        read(document.getDocument("classes"), DatasetDocuments::texts),
        texts(document.getList("default_classes")),
        read(document.getDocument("mask_targets"), DatasetDocuments::names),
        names(document.getDocument("default_mask_targets")),
        read(document.getDocument("skeletons"), DatasetDocuments::skeletonOf),
        document.get("default_skeleton") instanceof Document d ? skeletonOf(d) : null,
        texts(document.getList("tags")),
        document.getDocument("info"),
        document.get("created_at") instanceof Instant t ? t : Instant.EPOCH,
        extras.build());
  }

  private static @Nullable GroupInfo group(Document document) {
    String field = document.getString("group_field");
    if (field == null) {
      return null;
    }
    Map<String, MediaType> slices =
        read(document.getDocument("group_media_types"), id -> MediaType.of(String.valueOf(id)));
    String first = slices.isEmpty() ? "" : slices.keySet().iterator().next();
    return new GroupInfo(field, slices, document.getString("default_group_slice", first));
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

  private static Skeleton skeletonOf(@Nullable Object value) {
    Document document = value instanceof Document d ? d : Document.empty();
    List<List<Integer>> edges =
        document.getList("edges").stream()
            .map(edge -> edge instanceof List<?> list ? list : List.of())
            .map(
                edge ->
                    edge.stream()
                        .filter(Number.class::isInstance)
                        .map(n -> ((Number) n).intValue())
                        .toList())
            .toList();
    return new Skeleton(texts(document.get("labels")), edges);
  }

  // --- writing ----------------------------------------------------------------------------------

  /** The document of a new dataset. */
  static Document create(DatasetInfo info, Instant now) {
    List<Document> sampleFields =
        FieldDocuments.defaultSampleFields(metadataClass(info.mediaType()), now);
    info.sampleFields().forEach(f -> sampleFields.add(FieldDocuments.toDocument(f, now)));
    Document.Builder out = Document.builder();
    out.put("_id", info.id())
        .put("name", info.name())
        .put("slug", slug(info.name()))
        .put("version", VERSION)
        .put("created_at", info.createdAt())
        .put("last_modified_at", now)
        .put("last_deletion_at", null)
        .put("last_loaded_at", now)
        .put("sample_collection_name", "samples." + info.id())
        .put("persistent", true)
        .put("_media_roots", List.of())
        .put("_media_sources", List.of())
        .put("_media_source_layouts", List.of());
    contents(info).forEach(out::put);
    out.put(
            "app_config",
            Document.builder()
                .put("dynamic_groups_target_frame_rate", 30)
                .put("grid_media_field", "filepath")
                .put("media_fallback", false)
                .put("media_fields", Values.listOf("filepath"))
                .put("modal_media_field", "filepath")
                .put("plugins", Document.empty())
                .build())
        .put("camera_intrinsics", Document.empty())
        .put("static_transforms", Document.empty())
        .put("sample_fields", Values.list(sampleFields))
        .put("frame_fields", List.of());
    for (String list : List.of("saved_views", "workspaces", "active_label_schemas")) {
      out.put(list, List.of());
    }
    for (String map :
        List.of(
            "annotation_runs",
            "brain_methods",
            "evaluations",
            "runs",
            "label_schemas",
            "frame_label_schemas")) {
      out.put(map, Document.empty());
    }
    if (hasFrames(info)) {
      List<Document> frameFields = FieldDocuments.defaultFrameFields(now);
      info.frameFields().forEach(f -> frameFields.add(FieldDocuments.toDocument(f, now)));
      out.put("frame_collection_name", "frames.samples." + info.id());
      out.put("frame_fields", Values.list(frameFields));
    }
    return out.build();
  }

  private static String metadataClass(MediaType type) {
    return switch (type) {
      case IMAGE -> "ImageMetadata";
      case VIDEO -> "VideoMetadata";
      case GROUP, UNKNOWN -> "Metadata";
    };
  }

  /** Whether a dataset has a collection of frames. */
  static boolean hasFrames(DatasetInfo info) {
    return info.mediaType() == MediaType.VIDEO
        || !info.frameFields().isEmpty()
        || info.group() != null && info.group().slices().containsValue(MediaType.VIDEO);
  }

  /** What of a dataset document a {@link DatasetInfo} decides, but for name and fields. */
  private static Document contents(DatasetInfo info) {
    Document.Builder out = Document.builder();
    if (info.mediaType() != MediaType.UNKNOWN) {
      out.put("media_type", info.mediaType().id());
    }
    GroupInfo group = info.group();
    if (group != null) {
      out.put("group_field", group.field())
          .put("group_media_types", map(group.slices(), MediaType::id))
          .put("default_group_slice", group.defaultSlice());
    } else {
      out.put("group_media_types", Document.empty());
    }
    out.put("tags", Values.list(info.tags()))
        .put("info", info.info())
        .put("classes", map(info.classes(), Values::list))
        .put("default_classes", Values.list(info.defaultClasses()))
        .put("mask_targets", map(info.maskTargets(), Document::of))
        .put("default_mask_targets", Document.of(info.defaultMaskTargets()))
        .put("skeletons", map(info.skeletons(), DatasetDocuments::skeleton));
    if (info.defaultSkeleton() != null) {
      out.put("default_skeleton", skeleton(info.defaultSkeleton()));
    }
    info.extras().forEach(out::put);
    return out.build();
  }

  /**
   * What must be set and removed so that a document that says one thing says another: only what
   * differs, so that whatever else stands there stays.
   *
   * @param before what the change read
   * @param stored the document as it is now
   */
  static Update update(DatasetInfo before, DatasetInfo after, Document stored, Instant now) {
    Document.Builder set = Document.builder();
    List<String> unset = new ArrayList<>();
    Document old = contents(before);
    Document wanted = contents(after);
    wanted.forEach(
        (name, value) -> {
          if (!old.contains(name) || !Objects.equals(old.get(name), value)) {
            set.put(name, value);
          }
        });
    old.forEach(
        (name, value) -> {
          if (!wanted.contains(name)) {
            unset.add(name);
          }
        });
    fields(
        before.sampleFields(),
        after.sampleFields(),
        stored.getList("sample_fields"),
        now,
        set,
        "sample_fields");
    List<@Nullable Object> frameFields = stored.getList("frame_fields");
    if (hasFrames(after) && frameFields.isEmpty()) {
      frameFields = Values.list(FieldDocuments.defaultFrameFields(now));
      set.put("frame_collection_name", "frames.samples." + before.id());
      set.put("frame_fields", frameFields);
    }
    fields(before.frameFields(), after.frameFields(), frameFields, now, set, "frame_fields");
    return new Update(set.build(), unset);
  }

  /** Keys to set and keys to remove. */
  record Update(Document set, List<String> unset) {
    boolean isEmpty() {
      return set.isEmpty() && unset.isEmpty();
    }
  }

  private static void fields(
      List<FieldSpec> before,
      List<FieldSpec> after,
      List<@Nullable Object> stored,
      Instant now,
      Document.Builder set,
      String key) {
    if (before.equals(after)) {
      return;
    }
    Map<String, FieldSpec> old = new LinkedHashMap<>();
    before.forEach(f -> old.put(f.name(), f));
    Map<String, FieldSpec> wanted = new LinkedHashMap<>();
    after.forEach(f -> wanted.put(f.name(), f));
    List<@Nullable Object> fields = new ArrayList<>();
    for (Object element : stored) {
      Document d = element instanceof Document document ? document : Document.empty();
      String name = d.getString("name", "");
      FieldSpec spec = wanted.remove(name);
      if (spec == null) {
        // Hidden, or declared by another program meanwhile: not ours to remove.
        if (!old.containsKey(name)) {
          fields.add(element);
        }
      } else if (spec.equals(old.get(name))) {
        fields.add(element);
      } else {
        Document made = FieldDocuments.toDocument(spec, now);
        fields.add(made.with("created_at", d.get("created_at")));
      }
    }
    wanted.values().forEach(spec -> fields.add(FieldDocuments.toDocument(spec, now)));
    set.put(key, Values.list(fields));
  }

  private static <T> Document map(Map<String, T> map, Function<T, Object> write) {
    Document.Builder builder = Document.builder();
    map.forEach((name, value) -> builder.put(name, write.apply(value)));
    return builder.build();
  }

  private static Document skeleton(Skeleton skeleton) {
    return Document.of(
        "labels",
        Values.list(skeleton.labels()),
        "edges",
        Values.list(skeleton.edges().stream().map(Values::list).toList()));
  }

  /** FiftyOne's name for web addresses: lower case, everything but letters and digits a dash. */
  static String slug(String name) {
    String slug = name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "-");
    return slug.replaceAll("^-+|-+$", "");
  }
}
