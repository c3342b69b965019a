package io.postil.core.dataset;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All of a dataset but its samples: FiftyOne's dataset document.
 *
 * @param id its id
 * @param name its name, unique in the store
 * @param mediaType {@link MediaType#UNKNOWN} until the first sample
 * @param group the slices of a grouped dataset, else null
 * @param sampleFields declared fields of samples beyond {@code id}, {@code filepath}, {@code tags}
 *     and {@code metadata}, in order
 * @param frameFields declared fields of frames beyond {@code id} and {@code frame_number}, in order
 * @param classes class lists by field
 * @param defaultClasses classes of fields without a list of their own
 * @param maskTargets by field the names of mask values; keys are integers as text or {@code
 *     #rrggbb}
 * @param defaultMaskTargets mask targets of fields without their own
 * @param skeletons skeletons by field
 * @param defaultSkeleton skeleton of fields without one, or null
 * @param tags tags of the dataset
 * @param info free information
 * @param createdAt when it was made
 * @param extras everything else the stored document holds, kept and written back
 */
public record DatasetInfo(
    ObjectId id,
    String name,
    MediaType mediaType,
    @Nullable GroupInfo group,
    List<FieldSpec> sampleFields,
    List<FieldSpec> frameFields,
    Map<String, List<String>> classes,
    List<String> defaultClasses,
    Map<String, Map<String, String>> maskTargets,
    Map<String, String> defaultMaskTargets,
    Map<String, Skeleton> skeletons,
    @Nullable Skeleton defaultSkeleton,
    List<String> tags,
    Document info,
    Instant createdAt,
    Document extras) {
  /** The prefix of frame fields where sample and frame fields stand side by side. */
  public static final String FRAMES = "frames.";

  /**
   * The slices of a grouped dataset.
   *
   * @param field the sample field with the group's id and the slice's name
   * @param slices media type by slice, in order of first use
   * @param defaultSlice the slice that views show
   */
  public record GroupInfo(String field, Map<String, MediaType> slices, String defaultSlice) {
    /** Copies the map. */
    public GroupInfo {
      slices = Collections.unmodifiableMap(new LinkedHashMap<>(slices));
    }
  }

  /** Copies the collections. */
  public DatasetInfo {
    sampleFields = List.copyOf(sampleFields);
    frameFields = List.copyOf(frameFields);
    classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes));
    defaultClasses = List.copyOf(defaultClasses);
    maskTargets = Collections.unmodifiableMap(new LinkedHashMap<>(maskTargets));
    defaultMaskTargets = Collections.unmodifiableMap(new LinkedHashMap<>(defaultMaskTargets));
    skeletons = Collections.unmodifiableMap(new LinkedHashMap<>(skeletons));
    tags = List.copyOf(tags);
  }

  /** A new dataset without fields. */
  public static DatasetInfo create(String name, MediaType mediaType) {
    return new DatasetInfo(
        ObjectId.create(),
        name,
        mediaType,
        null,
        List.of(),
        List.of(),
        Map.of(),
        List.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        null,
        List.of(),
        Document.empty(),
        Instant.ofEpochMilli(System.currentTimeMillis()),
        Document.empty());
  }

  /** The declaration of a field; a frame field has the prefix {@link #FRAMES}. */
  public Optional<FieldSpec> field(String name) {
    boolean frame = name.startsWith(FRAMES);
    String plain = frame ? name.substring(FRAMES.length()) : name;
    for (FieldSpec field : frame ? frameFields : sampleFields) {
      if (field.name().equals(plain)) {
        return Optional.of(field);
      }
    }
    return Optional.empty();
  }

  /** The names of all declared fields, those of frames with the prefix {@link #FRAMES}. */
  public List<String> fieldNames() {
    List<String> names = new ArrayList<>();
    sampleFields.forEach(f -> names.add(f.name()));
    frameFields.forEach(f -> names.add(FRAMES + f.name()));
    return names;
  }

  /**
   * This dataset with a field added, or replaced if it exists; {@code name} may have the prefix.
   */
  public DatasetInfo withField(String name, FieldSpec spec) {
    boolean frame = name.startsWith(FRAMES);
    FieldSpec plain = spec.withName(frame ? name.substring(FRAMES.length()) : name);
    List<FieldSpec> fields = new ArrayList<>(frame ? frameFields : sampleFields);
    int at = -1;
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(plain.name())) {
        at = i;
      }
    }
    if (at < 0) {
      fields.add(plain);
    } else {
      fields.set(at, plain);
    }
    return frame ? withFrameFields(fields) : withSampleFields(fields);
  }

  /** This dataset without a field; {@code name} may have the prefix. */
  public DatasetInfo withoutField(String name) {
    boolean frame = name.startsWith(FRAMES);
    String plain = frame ? name.substring(FRAMES.length()) : name;
    List<FieldSpec> fields =
        (frame ? frameFields : sampleFields).stream().filter(f -> !f.name().equals(plain)).toList();
    return frame ? withFrameFields(fields) : withSampleFields(fields);
  }

  /** This dataset under another name. */
  public DatasetInfo withName(String name) {
    return new DatasetInfo(
        id,
        name,
        mediaType,
        group,
        sampleFields,
        frameFields,
        classes,
        defaultClasses,
        maskTargets,
        defaultMaskTargets,
        skeletons,
        defaultSkeleton,
        tags,
        info,
        createdAt,
        extras);
  }

  /** This dataset with another media type. */
  public DatasetInfo withMediaType(MediaType mediaType) {
    return new DatasetInfo(
        id,
        name,
        mediaType,
        group,
        sampleFields,
        frameFields,
        classes,
        defaultClasses,
        maskTargets,
        defaultMaskTargets,
        skeletons,
        defaultSkeleton,
        tags,
        info,
        createdAt,
        extras);
  }

  /** This dataset with other slices. */
  public DatasetInfo withGroup(@Nullable GroupInfo group) {
    return new DatasetInfo(
        id,
        name,
        mediaType,
        group,
        sampleFields,
        frameFields,
        classes,
        defaultClasses,
        maskTargets,
        defaultMaskTargets,
        skeletons,
        defaultSkeleton,
        tags,
        info,
        createdAt,
        extras);
  }

  /** This dataset with other sample fields. */
  public DatasetInfo withSampleFields(List<FieldSpec> sampleFields) {
    return new DatasetInfo(
        id,
        name,
        mediaType,
        group,
        sampleFields,
        frameFields,
        classes,
        defaultClasses,
        maskTargets,
        defaultMaskTargets,
        skeletons,
        defaultSkeleton,
        tags,
        info,
        createdAt,
        extras);
  }

  /** This dataset with other frame fields. */
  public DatasetInfo withFrameFields(List<FieldSpec> frameFields) {
    return new DatasetInfo(
        id,
        name,
        mediaType,
        group,
        sampleFields,
        frameFields,
        classes,
        defaultClasses,
        maskTargets,
        defaultMaskTargets,
        skeletons,
        defaultSkeleton,
        tags,
        info,
        createdAt,
        extras);
  }

  /** This dataset with other class lists. */
  public DatasetInfo withClasses(Map<String, List<String>> classes, List<String> defaultClasses) {
    return new DatasetInfo(
        id,
        name,
        mediaType,
        group,
        sampleFields,
        frameFields,
        classes,
        defaultClasses,
        maskTargets,
        defaultMaskTargets,
        skeletons,
        defaultSkeleton,
        tags,
        info,
        createdAt,
        extras);
  }

  /** This dataset with other mask targets. */
  public DatasetInfo withMaskTargets(
      Map<String, Map<String, String>> maskTargets, Map<String, String> defaultMaskTargets) {
    return new DatasetInfo(
        id,
        name,
        mediaType,
        group,
        sampleFields,
        frameFields,
        classes,
        defaultClasses,
        maskTargets,
        defaultMaskTargets,
        skeletons,
        defaultSkeleton,
        tags,
        info,
        createdAt,
        extras);
  }

  /** This dataset with other skeletons. */
  public DatasetInfo withSkeletons(
      Map<String, Skeleton> skeletons, @Nullable Skeleton defaultSkeleton) {
    return new DatasetInfo(
        id,
        name,
        mediaType,
        group,
        sampleFields,
        frameFields,
        classes,
        defaultClasses,
        maskTargets,
        defaultMaskTargets,
        skeletons,
        defaultSkeleton,
        tags,
        info,
        createdAt,
        extras);
  }

  /** This dataset with other tags and free information. */
  public DatasetInfo withInfo(List<String> tags, Document info) {
    return new DatasetInfo(
        id,
        name,
        mediaType,
        group,
        sampleFields,
        frameFields,
        classes,
        defaultClasses,
        maskTargets,
        defaultMaskTargets,
        skeletons,
        defaultSkeleton,
        tags,
        info,
        createdAt,
        extras);
  }
}
