package io.postil.core.query;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.ObjectId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The samples of each group by slice: one id a sample is held. Immutable after reading. */
final class Groups {
  private final Map<Object, Map<String, ObjectId>> members = new HashMap<>();

  private Groups() {}

  static Groups read(RowSource source) {
    Groups groups = new Groups();
    DatasetInfo.GroupInfo info = source.info().group();
    if (info == null) {
      return groups;
    }
    try (SampleCursor samples = source.scan(Projection.of(info.field()))) {
      while (samples.hasNext()) {
        Sample sample = samples.next();
        Object group = sample.property(info.field());
        Object id = Fields.get(group, "_id");
        if (id != null && Fields.get(group, "name") instanceof String slice) {
          groups.members.computeIfAbsent(id, k -> new LinkedHashMap<>()).put(slice, sample.id());
        }
      }
    }
    return groups;
  }

  @Nullable ObjectId member(@Nullable Object groupId, String slice) {
    return groupId == null ? null : members.getOrDefault(groupId, Map.of()).get(slice);
  }

  /** The samples of a group by slice, in the order of insertion. */
  Map<String, ObjectId> of(@Nullable Object groupId) {
    return groupId == null ? Map.of() : members.getOrDefault(groupId, Map.of());
  }
}
