package io.postil.formats.internal;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.value.Document;
import io.postil.core.view.ViewDefinition;
import io.postil.formats.ImportReport;
import io.postil.formats.ImportRequest;
import io.postil.formats.media.MediaInfo;
import io.postil.formats.media.MediaProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Imports the images or videos of a directory and those below it, by path. */
public final class DirectoryImport {
  private final ImportRequest request;
  private final ProgressListener progress;
  private final ProblemLog log;
  private final Set<String> known = new HashSet<>();
  private long added;
  private @Nullable MediaType mediaType;

  private DirectoryImport(ImportRequest request, ProgressListener progress) {
    this.request = request;
    this.progress = progress;
    this.log = new ProblemLog(request.onError());
  }

  /** Runs the import. */
  public static ImportReport run(
      DatasetStore store, ImportRequest request, ProgressListener progress) {
    return new DirectoryImport(request, progress).run(store);
  }

  private ImportReport run(DatasetStore store) {
    Path data = request.data();
    Path directory = (data == null ? request.labels() : data).toAbsolutePath().normalize();
    List<Path> files = files(directory);
    MediaType first = firstType(files);
    Target target = Target.find(store, request.dataset());
    target.write(
        first,
        writer -> {
          insert(writer, files, first);
          log.failIfAny();
          return added;
        });
    return new ImportReport(
        request.dataset(),
        target.existing() == null,
        added,
        0,
        0,
        log.problemCount(),
        log.problems(),
        log.warningCount(),
        log.warnings());
  }

  private static List<Path> files(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new PostilException(
          ErrorCode.UNREADABLE_FILE, "there is no directory " + directory, "Check its path.");
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.filter(MediaProbe::isMediaName).filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNREADABLE_FILE,
          directory + " cannot be read: " + e.getMessage(),
          "Check its permissions.",
          e);
    }
    if (files.isEmpty()) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "there are no images or videos in " + directory,
          "Known by their names: png, jpg, gif, webp, bmp, tif; mp4, mov, webm, mkv.");
    }
    return files;
  }

  /** The type of the first file that is what its name says; without one the first error. */
  private static MediaType firstType(List<Path> files) {
    PostilException first = null;
    for (Path file : files) {
      try {
        return MediaProbe.probe(file).mediaType();
      } catch (PostilException e) {
        first = first == null ? e : first;
      }
    }
    throw first == null ? new PostilException(ErrorCode.INTERNAL, "no files") : first;
  }

  private void insert(DatasetWriter writer, List<Path> files, MediaType type) {
    writer.putInfo(Target.requireMedia(writer.info(), type));
    mediaType = type;
    try (Cursor<Sample> samples = writer.read(ViewDefinition.ALL, Projection.of())) {
      samples.forEachRemaining(sample -> known.add(sample.filepath()));
    }
    long done = 0;
    for (Path file : files) {
      if (!known.contains(file.toString())) {
        Document metadata = metadata(file);
        if (metadata != null && !log.isFailing()) {
          writer.insert(Sample.of(file.toString()).withMetadata(metadata));
          added++;
        }
      }
      if (++done % 100 == 0) {
        progress.progress("reading media", done, files.size());
      }
    }
    progress.progress("reading media", done, files.size());
  }

  private @Nullable Document metadata(Path file) {
    try {
      MediaInfo info = MediaProbe.probe(file);
      if (info.mediaType() != mediaType) {
        log.problem(
            file, -1, "", "is of type " + info.mediaType().id() + " among files of another type");
        return null;
      }
      return info.toMetadata(Files.size(file));
    } catch (PostilException e) {
      log.problem(file, -1, "", String.valueOf(e.getMessage()).replace(file + " ", ""));
      return null;
    } catch (IOException e) {
      log.problem(file, -1, "", "cannot be read: " + e.getMessage());
      return null;
    }
  }
}
