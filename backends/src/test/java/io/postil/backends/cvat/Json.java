package io.postil.backends.cvat;

import io.postil.core.value.Document;

/** Long requests of the annotator. */
final class Json {
  /** A project with a skeleton of three points, drawn in another order than they are listed. */
  static final Document SKELETON_PROJECT =
      io.postil.core.value.Json.readDocument(
          """
          {"name": "bodies", "labels": [{"name": "person", "type": "skeleton", "attributes": [],
            "sublabels": [
              {"name": "head", "type": "points", "attributes": []},
              {"name": "foot", "type": "points", "attributes": []},
              {"name": "hip", "type": "points", "attributes": []}],
            "svg": "<circle data-node-id=\\"1\\" data-label-name=\\"head\\"></circle>\
          <circle data-node-id=\\"3\\" data-label-name=\\"foot\\"></circle>\
          <circle data-node-id=\\"2\\" data-label-name=\\"hip\\"></circle>"}]}
          """);

  private Json() {}
}
