package io.postil.backends.cvat;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.RunMemory;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The media of a task: what the server is told to take, and what it will call them.
 *
 * @param source where they come from
 * @param paths the media in order, as the source wants them
 * @param names what the frames will be called
 */
record MediaList(Source source, List<String> paths, List<String> names) {
  /** Where media come from. */
  enum Source {
    /** Files here, which are sent. */
    FILES,
    /** Files in a directory that the server sees too. */
    SHARE,
    /** Keys of a cloud storage that the server knows. */
    CLOUD,
    /** Addresses that the server fetches. */
    ADDRESSES
  }

  private static final int BATCH = 500;

  static MediaList of(RunMemory memory, List<SentItem.Place> places, CvatOptions options) {
    List<String> media = new ArrayList<>();
    for (int from = 0; from < places.size(); from += BATCH) {
      List<SentItem.Place> some = places.subList(from, Math.min(places.size(), from + BATCH));
      Map<io.postil.core.value.ObjectId, SentItem> items = SentItem.of(memory, some);
      some.forEach(p -> media.add(java.util.Objects.requireNonNull(items.get(p.item())).media()));
    }
    return of(media, options);
  }

  static MediaList of(List<String> media, CvatOptions options) {
    Source source = source(media.get(0), options);
    List<String> paths = new ArrayList<>();
    for (String one : media) {
      if (source(one, options) != source) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "a task cannot take media from two kinds of places: " + media.get(0) + " and " + one,
            "Annotate them in two runs.");
      }
      paths.add(path(one, source, options));
    }
    return new MediaList(
        source,
        paths,
        switch (source) {
          case FILES -> unique(paths);
          case SHARE, CLOUD -> paths;
          case ADDRESSES -> paths.stream().map(MediaList::lastPart).toList();
        });
  }

  static Source source(String media, CvatOptions options) {
    String share = options.text("share");
    String prefix = options.text("cloud_prefix");
    if (options.number("cloud_storage_id") != null
        && (prefix == null || media.startsWith(prefix))) {
      return Source.CLOUD;
    }
    String lower = media.toLowerCase(Locale.ROOT);
    if (lower.startsWith("http://") || lower.startsWith("https://")) {
      return Source.ADDRESSES;
    }
    return share != null && Path.of(media).startsWith(Path.of(share)) ? Source.SHARE : Source.FILES;
  }

  private static String path(String media, Source source, CvatOptions options) {
    switch (source) {
      case SHARE -> {
        Path share = Path.of(String.valueOf(options.text("share")));
        return share.relativize(Path.of(media)).toString().replace('\\', '/');
      }
      case CLOUD -> {
        String prefix = options.text("cloud_prefix");
        String key = prefix == null ? media : media.substring(prefix.length());
        return key.replaceAll("^/+", "");
      }
      case FILES, ADDRESSES -> {
        return media;
      }
    }
    throw new IllegalStateException();
  }

  private static String lastPart(String address) {
    @Nullable String path = URI.create(address.replace(" ", "%20")).getPath();
    String text = path == null ? address : path;
    return text.substring(text.lastIndexOf('/') + 1);
  }

  /**
   * Names of files; those that occur twice get a number in front, as a server wants them unique.
   */
  private static List<String> unique(List<String> paths) {
    List<String> names = new ArrayList<>();
    Map<String, Integer> counts = new HashMap<>();
    for (String path : paths) {
      String file = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
      String name = safe(file);
      names.add(name);
      counts.merge(name.toLowerCase(Locale.ROOT), 1, Integer::sum);
    }
    for (int i = 0; i < names.size(); i++) {
      if (counts.getOrDefault(names.get(i).toLowerCase(Locale.ROOT), 0) > 1) {
        names.set(i, String.format("%06d_%s", i, names.get(i)));
      }
    }
    return names;
  }

  /** A name without what servers or their file systems do not take. */
  private static String safe(String name) {
    StringBuilder changed = new StringBuilder(name);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || c == 127 || "\"%?#*:<>|".indexOf(c) >= 0) {
        changed.setCharAt(i, '_');
      }
    }
    return changed.toString();
  }
}
