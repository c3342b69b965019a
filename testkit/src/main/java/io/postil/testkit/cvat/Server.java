package io.postil.testkit.cvat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the server tells of itself, and the files of its share. */
final class Server {
  private final State state;
  private final @Nullable Path share;

  Server(State state, @Nullable Path share) {
    this.state = state;
    this.share = share;
  }

  void addTo(Router router) {
    router.open("GET", "/server/about", (call, args) -> about(call));
    router.open(
        "GET",
        "/server/health/",
        (call, args) -> Answer.ok(Entity.of("DatabaseBackend", "working", "DiskUsage", "working")));
    router.on(
        "GET",
        "/server/plugins",
        (call, args) ->
            Answer.ok(
                Entity.of(
                    "GIT_INTEGRATION",
                    false,
                    "ANALYTICS",
                    false,
                    "MODELS",
                    false,
                    "PREDICT",
                    false)));
    router.on("GET", "/server/annotation/formats", (call, args) -> formats());
    router.on("GET", "/server/share", (call, args) -> share(call));
    router.on("GET", "/cloudstorages", (call, args) -> Answer.ok(Lists.page(call, List.of())));
  }

  private Answer about(Call call) {
    String accept = call.header("Accept");
    if (accept != null && accept.contains("version=") && !accept.contains("version=2.0")) {
      throw ApiError.detail(406, "Invalid version in \"Accept\" header.");
    }
    Entity about =
        Entity.of(
            "name",
            "Computer Vision Annotation Tool",
            "description",
            "An emulator of CVAT for tests",
            "version",
            state.version);
    if (state.modern) {
      about.and("logo_url", call.root() + "/logo.svg").and("subtitle", "Open Data Annotation");
    }
    return Answer.ok(about);
  }

  private static Answer formats() {
    List<Entity> exporters =
        Exports.FORMATS.stream()
            .map(
                name ->
                    Entity.of(
                        "name",
                        name,
                        "ext",
                        "ZIP",
                        "version",
                        name.substring(name.lastIndexOf(' ') + 1),
                        "enabled",
                        true,
                        "dimension",
                        "2d"))
            .toList();
    return Answer.ok(Entity.of("importers", List.of(), "exporters", exporters));
  }

  private Answer share(Call call) {
    if (share == null) {
      return Answer.ok(List.of());
    }
    String directory = call.query.getOrDefault("directory", "/").replaceAll("^/+", "");
    Path folder = share.resolve(directory).normalize();
    if (!folder.startsWith(share) || !Files.isDirectory(folder)) {
      throw ApiError.of(400, directory + " is an invalid directory");
    }
    try (Stream<Path> files = Files.list(folder)) {
      return Answer.ok(
          files
              .sorted()
              .map(
                  f ->
                      Files.isDirectory(f)
                          ? Entity.of(
                              "name", f.getFileName().toString(), "type", "DIR", "mime_type", "DIR")
                          : Entity.of(
                              "name",
                              f.getFileName().toString(),
                              "type",
                              "REG",
                              "mime_type",
                              MediaFile.isVideo(f) ? "video" : "image"))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
