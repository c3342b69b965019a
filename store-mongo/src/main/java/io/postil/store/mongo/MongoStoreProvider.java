package io.postil.store.mongo;

import io.postil.core.store.DatasetStore;
import io.postil.core.store.DatasetStoreProvider;
import java.net.URI;
import java.nio.file.Path;

/**
 * Opens {@code mongodb://HOST[:PORT][,…]/[NAME][?options]}, an address as MongoDB's drivers take
 * it. NAME is the database; without it that is {@code FIFTYONE_DATABASE_NAME}, or {@code fiftyone}.
 * Options of the driver are passed on. Others: {@code invalidDocuments=skip} leaves out documents
 * that cannot be read instead of failing; {@code tlsCAFile} and {@code tlsCertificateKeyFile} name
 * PEM files, as for Python's driver. Thread-safe.
 */
public class MongoStoreProvider implements DatasetStoreProvider {
  /** For {@link java.util.ServiceLoader}. */
  public MongoStoreProvider() {}

  @Override
  public String scheme() {
    return "mongodb";
  }

  @Override
  public DatasetStore open(URI uri, Path home) {
    return MongoStore.connect(uri.toString());
  }
}
