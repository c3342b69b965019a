package io.postil.backends.cvat;

import io.postil.backends.http.HttpAnswer;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.RunContext;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The project of a run: found, or made from the schema. */
final class Projects {
  private final CvatServer server;
  private final CvatOptions options;
  private final RunContext run;
  private final SendState state;
  private final Catalogue catalogue;

  Projects(CvatServer server, CvatOptions options, RunContext run, SendState state) {
    this.server = server;
    this.options = options;
    this.run = run;
    this.state = state;
    this.catalogue = Catalogue.of(run.schema(), options);
  }

  /** Finds or makes the project, if one is asked for, and makes sure that its labels fit. */
  void prepare() {
    if (!options.namesProject() || state.project() != null) {
      return;
    }
    try {
      findOrMake();
    } catch (PostilException e) {
      if (e.code() != ErrorCode.BACKEND_UNREACHABLE || !isBeingMade()) {
        throw e;
      }
      // Whether it was made shows when the server answers again.
      server.sleep(CvatServer.AFTER_LOSS);
      findOrMake();
    }
  }

  private boolean isBeingMade() {
    return state.document().getBoolean("making_project", false);
  }

  private void findOrMake() {
    Document project = find();
    boolean made = project != null && isBeingMade();
    if (project == null) {
      String name = String.valueOf(options.text("project_name"));
      state.set("making_project", true);
      project =
          server
              .post("/projects")
              .json(
                  Document.builder()
                      .put("name", name)
                      .put("labels", Values.list(catalogue.toJson()))
                      .build())
              .send()
              .document();
      made = true;
    }
    int id = (int) project.getLong("id", 0);
    if (!made) {
      check(id, project.getString("name", ""));
    }
    state.set("project_made", made ? true : null);
    state.set("project_name", project.getString("name", ""));
    state.set("project", id);
  }

  private @Nullable Document find() {
    Integer id = options.number("project_id");
    if (id != null) {
      HttpAnswer answer = server.get("/projects/" + id).accept(403, 404).send();
      if (answer.status() != 200) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "CVAT at " + server.url() + " shows this account no project " + id,
            "Check project_id and organization.");
      }
      return answer.document();
    }
    String name = String.valueOf(options.text("project_name"));
    for (Document project : server.all("/projects", "name", name)) {
      if (name.equals(project.getString("name"))) {
        return project;
      }
    }
    return null;
  }

  /** Makes sure that a project has the labels of the schema; adds the attribute for our ids. */
  private void check(int id, String name) {
    List<Document> labels = server.all("/labels", "project_id", String.valueOf(id));
    LabelIndex index = LabelIndex.of(run.schema(), catalogue, labels, name);
    if (!index.problems().isEmpty()) {
      throw PostilException.of(index.problems());
    }
    List<Document> changes = new ArrayList<>();
    for (LabelIndex.ServerLabel label : index.withoutLabelId(catalogue)) {
      Document attribute =
          new Catalogue.WantedAttribute(Catalogue.LABEL_ID, "text", false, List.of(), "").toJson();
      changes.add(Document.of("id", label.id(), "attributes", Values.listOf(attribute)));
    }
    if (!changes.isEmpty()) {
      // Without the right to change the project the server's own ids have to do.
      server
          .patch("/projects/" + id)
          .json(Document.of("labels", Values.list(changes)))
          .accept(403)
          .send();
    }
  }
}
