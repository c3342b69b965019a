package io.postil.backends.local;

import io.postil.core.label.LabelDocuments;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Labels by field as JSON text and back; nothing of a label is lost. Stateless. */
final class LabelText {
  private LabelText() {}

  static String write(Map<String, List<SingleLabel>> labels) {
    Document.Builder out = Document.builder();
    labels.forEach(
        (field, list) ->
            out.put(field, Values.list(list.stream().map(LabelDocuments::toDocument).toList())));
    return Json.write(out.build());
  }

  static Map<String, List<SingleLabel>> read(String text) {
    Document document = Json.readDocument(text);
    Map<String, List<SingleLabel>> labels = new LinkedHashMap<>();
    for (String field : document.names()) {
      List<SingleLabel> list = new ArrayList<>();
      for (Object element : document.getList(field)) {
        if (element instanceof Document d
            && LabelDocuments.fromDocument(d) instanceof SingleLabel label) {
          list.add(label);
        }
      }
      labels.put(field, List.copyOf(list));
    }
    return labels;
  }
}
