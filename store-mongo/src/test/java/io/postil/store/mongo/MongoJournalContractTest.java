package io.postil.store.mongo;

import org.junit.jupiter.api.Tag;

/** The contract with every change journaled, as where the server has no transactions. */
@Tag("mongo")
class MongoJournalContractTest extends MongoStoreContractTest {
  @Override
  Change.Limits limits() {
    return new Change.Limits(0, 0, 0);
  }

  @Override
  protected boolean hidesChangesInProgress() {
    return false;
  }
}
