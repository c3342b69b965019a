package io.postil.store.mongo;

import io.postil.core.store.DatasetStore;
import io.postil.testkit.MongoServer;
import io.postil.testkit.views.ViewsAgreeContract;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Tag;

/** Views on a real MongoDB are what the naive evaluator says. */
@Tag("mongo")
@PropertyDefaults(tries = 100)
class MongoViewsAgreeTest extends ViewsAgreeContract {
  @Override
  protected DatasetStore open() {
    return MongoStore.connect(
        MongoServer.shared().address(MongoServer.newDatabase()), Change.Limits.DEFAULT);
  }

  @Override
  protected boolean reordersStages() {
    return true;
  }
}
