package io.postil.engine;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.DatasetStoreProvider;
import io.postil.engine.config.AnnotationConfig;
import io.postil.engine.config.Backends;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * A database of datasets with the annotation backends that are configured: where every program that
 * uses Postil as a library begins. Thread-safe; close it when done.
 */
public final class Workspace implements AutoCloseable {
  private final Path home;
  private final DatasetStore store;
  private final Backends backends;

  private Workspace(Path home, DatasetStore store, Backends backends) {
    this.home = home;
    this.store = store;
    this.backends = backends;
  }

  /**
   * Opens the usual workspace: {@code POSTIL_HOME} or {@code .postil} in the user's home, and the
   * database of {@code POSTIL_DATABASE_URI}, of {@code FIFTYONE_DATABASE_URI}, or the embedded one.
   */
  public static Workspace open() {
    Map<String, String> environment = System.getenv();
    return open(home(environment), database(environment), environment);
  }

  /** Opens a workspace with an embedded database in a directory of one's own. */
  public static Workspace open(Path home) {
    return open(home, URI.create("sqlite:/"), System.getenv());
  }

  /**
   * Opens a workspace.
   *
   * @param home the directory of Postil's own files
   * @param database such as {@code sqlite:/data/postil.db}; the part after {@code sqlite:/} may be
   *     empty for the embedded database in the home
   * @param environment the variables that configure backends
   * @throws PostilException if the database cannot be opened or the configuration is wrong
   */
  public static Workspace open(Path home, URI database, Map<String, String> environment) {
    Backends backends = backends(home, environment);
    return new Workspace(home, openStore(database, home), backends);
  }

  /**
   * The backends that an environment and its configuration file configure, without a database.
   *
   * @throws PostilException if the configuration is wrong
   */
  public static Backends backends(Path home, Map<String, String> environment) {
    List<AnnotationBackendProvider> providers = Backends.installed(home);
    AnnotationConfig config = AnnotationConfig.read(environment, userHome(environment), providers);
    return new Backends(providers, config, home);
  }

  /** The directory of Postil's own files that an environment names. */
  public static Path home(Map<String, String> environment) {
    String home = environment.getOrDefault("POSTIL_HOME", "");
    return home.isEmpty() ? userHome(environment).resolve(".postil") : Path.of(home);
  }

  /**
   * The database that an environment names. For {@code FIFTYONE_DATABASE_URI} it is {@code
   * FIFTYONE_DATABASE_NAME} on that server, as for FiftyOne, to which a name in the address says
   * where the user is known.
   */
  public static URI database(Map<String, String> environment) {
    String ours = environment.getOrDefault("POSTIL_DATABASE_URI", "");
    if (!ours.isEmpty()) {
      return parse("the address in POSTIL_DATABASE_URI", ours);
    }
    String theirs = environment.getOrDefault("FIFTYONE_DATABASE_URI", "");
    if (theirs.isEmpty()) {
      return URI.create("sqlite:/");
    }
    String name = environment.getOrDefault("FIFTYONE_DATABASE_NAME", "");
    return parse(
        "the address in FIFTYONE_DATABASE_URI", named(theirs, name.isEmpty() ? "fiftyone" : name));
  }

  private static String named(String address, String name) {
    if (!address.startsWith("mongodb")) {
      return address;
    }
    int question = address.indexOf('?');
    String server = question < 0 ? address : address.substring(0, question);
    String options = question < 0 ? "" : address.substring(question + 1);
    int slash = server.indexOf('/', server.indexOf("://") + 3);
    String login = slash < 0 ? "" : server.substring(slash + 1);
    if (!login.isEmpty() && !options.contains("authSource=")) {
      options = options + (options.isEmpty() ? "" : "&") + "authSource=" + login;
    }
    return (slash < 0 ? server : server.substring(0, slash))
        + "/"
        + name
        + (options.isEmpty() ? "" : "?" + options);
  }

  /**
   * The address of a database as somebody wrote it.
   *
   * @throws PostilException with {@code INVALID_REQUEST}; the address is not repeated, for it may
   *     hold a password
   */
  public static URI address(String text) {
    return parse("the address of the database", text);
  }

  private static URI parse(String what, String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      String place = e.getIndex() < 0 ? "" : " at its character " + (e.getIndex() + 1);
      // The cause is left away: it repeats the address.
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          what + " cannot be read: " + e.getReason() + place,
          "Write sqlite:FILE or mongodb://[USER:PASSWORD@]HOST[:PORT]/[NAME], special characters"
              + " percent-encoded.");
    }
  }

  private static Path userHome(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home") : home);
  }

  /**
   * Opens the database of an address by its scheme.
   *
   * @throws PostilException with {@code INVALID_REQUEST} if no store knows the scheme
   */
  public static DatasetStore openStore(URI database, Path home) {
    List<String> schemes = new ArrayList<>();
    for (DatasetStoreProvider provider : ServiceLoader.load(DatasetStoreProvider.class)) {
      if (provider.scheme().equals(database.getScheme())) {
        return provider.open(database, home);
      }
      schemes.add(provider.scheme());
    }
    throw new PostilException(
        ErrorCode.INVALID_REQUEST,
        "no store for a database of scheme " + database.getScheme(),
        "Known schemes: " + String.join(", ", schemes) + ".");
  }

  /** The directory of Postil's own files. */
  public Path home() {
    return home;
  }

  /** The database, for callers that work below views. */
  public DatasetStore store() {
    return store;
  }

  /** The annotation backends. */
  public Backends backends() {
    return backends;
  }

  /** How the annotation backends are configured. */
  public AnnotationConfig annotationConfig() {
    return backends.config();
  }

  /** The names of the datasets. */
  public List<String> datasets() {
    return store.list().stream().map(DatasetInfo::name).toList();
  }

  /**
   * A dataset.
   *
   * @throws PostilException with {@code UNKNOWN_DATASET}, naming the nearest name
   */
  public Dataset dataset(String name) {
    return new Dataset(store.open(name), this);
  }

  /**
   * Makes an empty dataset.
   *
   * @throws PostilException with {@code DATASET_EXISTS}
   */
  public Dataset createDataset(DatasetInfo info) {
    return new Dataset(store.create(info), this);
  }

  @Override
  public void close() {
    store.close();
  }
}
