package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Lists of tags. Stateless. */
final class LabelTags {
  private LabelTags() {}

  static void check(Collection<String> tags) {
    if (tags.isEmpty() || tags.stream().anyMatch(String::isBlank)) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          tags.isEmpty() ? "no tag is given" : "a tag is empty",
          "Name at least one tag, each with a letter or more.");
    }
  }

  /** The tags with others behind them; the same list if it has them all. */
  static List<String> added(List<String> tags, Collection<String> more) {
    List<String> all = new ArrayList<>(tags);
    more.stream().filter(tag -> !all.contains(tag)).forEach(all::add);
    return all.size() == tags.size() ? tags : all;
  }

  /** The tags without others; the same list if it has none of them. */
  static List<String> removed(List<String> tags, Collection<String> fewer) {
    List<String> left = tags.stream().filter(tag -> !fewer.contains(tag)).toList();
    return left.size() == tags.size() ? tags : left;
  }
}
