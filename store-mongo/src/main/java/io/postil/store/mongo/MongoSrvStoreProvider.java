package io.postil.store.mongo;

/** Opens {@code mongodb+srv://HOST/…}, whose hosts a DNS record lists. Thread-safe. */
public final class MongoSrvStoreProvider extends MongoStoreProvider {
  /** For {@link java.util.ServiceLoader}. */
  public MongoSrvStoreProvider() {}

  @Override
  public String scheme() {
    return "mongodb+srv";
  }
}
