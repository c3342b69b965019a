package io.postil.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Builds the example under {@code docs/examples/folder-backend} into a jar. */
final class ExampleBackend {
  private ExampleBackend() {}

  /** Compiles the example's sources and puts the jar into {@code home/plugins}. */
  static Path install(Path home) {
    Path project = Path.of("").toAbsolutePath().resolveSibling("docs/examples/folder-backend");
    Path classes = home.resolve("example-classes");
    Path jar = home.resolve("plugins/folder-backend-1.0.jar");
    try {
      Files.createDirectories(classes);
      Files.createDirectories(jar.getParent());
      List<String> arguments =
          new ArrayList<>(
              List.of("--release", "21", "-Werror", "-Xlint:all,-processing", "-proc:none"));
      arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
      arguments.addAll(List.of("-d", classes.toString()));
      files(project.resolve("src/main/java")).forEach(f -> arguments.add(f.toString()));
      int code =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, arguments.toArray(String[]::new));
      if (code != 0) {
        throw new IllegalStateException("the example does not compile");
      }
      try (OutputStream out = Files.newOutputStream(jar);
          JarOutputStream entries = new JarOutputStream(out)) {
        for (Path root : List.of(classes, project.resolve("src/main/resources"))) {
          for (Path file : files(root)) {
            entries.putNextEntry(new JarEntry(root.relativize(file).toString()));
            Files.copy(file, entries);
          }
        }
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
