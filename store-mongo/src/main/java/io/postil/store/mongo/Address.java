package io.postil.store.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoException;
import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The address of a database, read: the driver's part, and the options that are ours. The driver
 * itself is silent about options that it does not know, even where {@code tls} is mistyped.
 *
 * @param driver what the driver reads
 * @param skipInvalid whether documents that cannot be read are left out
 * @param authorities a PEM file of the certificates that are trusted; null for Java's own
 * @param identity a PEM file of our certificate and its key; null for none
 * @see <a
 *     href="https://www.mongodb.com/docs/manual/reference/connection-string-options/">Connection
 *     String Options</a>
 */
record Address(
    ConnectionString driver,
    boolean skipInvalid,
    @Nullable Path authorities,
    @Nullable Path identity) {
  private static final System.Logger LOG = System.getLogger("io.postil.store.mongo");
  private static final String SKIP = "invalidDocuments";
  private static final String AUTHORITIES = "tlsCAFile";
  private static final String IDENTITY = "tlsCertificateKeyFile";

  /** Those of the driver, as its documentation writes them. */
  static final List<String> DRIVER_OPTIONS =
      List.of(
          "appName",
          "authMechanism",
          "authMechanismProperties",
          "authSource",
          "compressors",
          "connectTimeoutMS",
          "directConnection",
          "enableOverloadRetargeting",
          "gssapiServiceName",
          "heartbeatFrequencyMS",
          "journal",
          "loadBalanced",
          "localThresholdMS",
          "maxAdaptiveRetries",
          "maxConnecting",
          "maxIdleTimeMS",
          "maxLifeTimeMS",
          "maxPoolSize",
          "maxStalenessSeconds",
          "minPoolSize",
          "proxyHost",
          "proxyPassword",
          "proxyPort",
          "proxyUsername",
          "readConcernLevel",
          "readPreference",
          "readPreferenceTags",
          "replicaSet",
          "retryReads",
          "retryWrites",
          "safe",
          "serverMonitoringMode",
          "serverSelectionTimeoutMS",
          "socketTimeoutMS",
          "srvAllowedHostsSuffix",
          "srvMaxHosts",
          "srvServiceName",
          "ssl",
          "sslInvalidHostNameAllowed",
          "timeoutMS",
          "tls",
          "tlsAllowInvalidHostnames",
          "tlsInsecure",
          "uuidRepresentation",
          "w",
          "waitQueueTimeoutMS",
          "wTimeoutMS",
          "zlibCompressionLevel");

  /** Those that only Python's driver has, which change nothing for us. */
  private static final List<String> PYTHON_OPTIONS =
      List.of(
          "connect",
          "datetime_conversion",
          "document_class",
          "socketKeepAlive",
          "tlsDisableOCSPEndpointCheck",
          "tz_aware",
          "unicode_decode_error_handler");

  /**
   * Reads an address.
   *
   * @throws PostilException with {@code INVALID_REQUEST}, which does not repeat the address: it may
   *     hold a password
   */
  static Address of(String text) {
    int start = text.indexOf('?');
    List<String> passed = new ArrayList<>();
    Map<String, String> own = new LinkedHashMap<>();
    for (String option : start < 0 ? new String[0] : text.substring(start + 1).split("[&;]")) {
      if (!take(option, own) && !option.isEmpty()) {
        passed.add(option);
      }
    }
    String rest = start < 0 ? text : text.substring(0, start);
    String options = passed.isEmpty() ? "" : "?" + String.join("&", passed);
    return new Address(
        parse(rest + options),
        "skip".equals(own.get(SKIP)),
        path(own.get(AUTHORITIES)),
        path(own.get(IDENTITY)));
  }

  /** Takes an option that is not for the driver. */
  private static boolean take(String option, Map<String, String> own) {
    int equals = option.indexOf('=');
    String name = equals < 0 ? option : option.substring(0, equals);
    String value = equals < 0 ? "" : option.substring(equals + 1);
    for (String ours : List.of(SKIP, AUTHORITIES, IDENTITY)) {
      if (name.equalsIgnoreCase(ours)) {
        own.put(ours, URLDecoder.decode(value, StandardCharsets.UTF_8));
        return true;
      }
    }
    if (name.isEmpty() || isAmong(DRIVER_OPTIONS, name)) {
      return false;
    }
    if (isAmong(PYTHON_OPTIONS, name)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the option " + name + " of the database's address is for Python only; it does nothing");
      return true;
    }
    throw unknown(name);
  }

  private static boolean isAmong(List<String> names, String name) {
    return names.stream().anyMatch(name::equalsIgnoreCase);
  }

  private static PostilException unknown(String name) {
    String remedy =
        switch (name.toLowerCase(Locale.ROOT)) {
          case "tlsallowinvalidcertificates" ->
              "Certificates are always checked: name the one to trust with " + AUTHORITIES + ".";
          case "tlscertificatekeyfilepassword" ->
              "Keys with a password cannot be read: write one without by openssl pkey.";
          default -> {
            List<String> known = new ArrayList<>(DRIVER_OPTIONS);
            known.addAll(List.of(SKIP, AUTHORITIES, IDENTITY));
            yield Nearest.hint(name, known);
          }
        };
    return new PostilException(
        ErrorCode.INVALID_REQUEST,
        "the address of the database has the option " + name + ", which is not known",
        remedy);
  }

  private static @Nullable Path path(@Nullable String file) {
    return file == null || file.isEmpty() ? null : Path.of(file);
  }

  private static ConnectionString parse(String address) {
    try {
      return new ConnectionString(address);
    } catch (IllegalArgumentException | MongoException e) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "the address of the database cannot be read: " + e.getMessage(),
          "Write mongodb://[USER:PASSWORD@]HOST[:PORT]/[NAME]; special characters of the password"
              + " percent-encoded.",
          e);
    }
  }

  /** The database's name. */
  String database() {
    String named = driver.getDatabase();
    if (named != null && !named.isEmpty() && !named.equals("admin")) {
      return named;
    }
    String variable = System.getenv("FIFTYONE_DATABASE_NAME");
    return variable == null || variable.isEmpty() ? "fiftyone" : variable;
  }

  /** Where the data is, without credentials. */
  String location() {
    return (driver.isSrvProtocol() ? "mongodb+srv://" : "mongodb://")
        + String.join(",", driver.getHosts())
        + "/"
        + database();
  }
}
