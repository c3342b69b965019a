package io.postil.cli;

import java.util.List;

/**
 * The command groups: a line of help and a class for each. A class is named only in {@link
 * #create}, so that calling one command loads no other. To add a command, add it to both.
 */
final class CommandTable {
  /** A command group as the help shows it. */
  record Entry(String name, String description) {}

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry("quickstart", "Draw a sample dataset and open it in the App."),
          new Entry("app", "Look at datasets and edit labels in the browser."),
          new Entry("zoo", "Load sample datasets."),
          new Entry("datasets", "List, import, export and manage datasets."),
          new Entry("views", "List, save and delete views."),
          new Entry("edit", "Change samples, labels and fields, through views."),
          new Entry("evaluate", "Compare predictions with the truth; manage evaluations."),
          new Entry("annotate", "Send samples to annotators."),
          new Entry("load-annotations", "Merge annotators' work into the dataset."),
          new Entry("runs", "See and manage annotation runs."),
          new Entry("annotation", "See how annotation is configured."),
          new Entry("doctor", "Check Java, the database and what else Postil needs."));

  private CommandTable() {}

  static List<Entry> entries() {
    return ENTRIES;
  }

  static boolean contains(String name) {
    for (Entry entry : ENTRIES) {
      if (entry.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** A new command of {@link #entries}. */
  static Command create(String name) {
    return switch (name) {
      case "quickstart" -> new QuickstartCommand();
      case "app" -> new AppCommand();
      case "zoo" -> new ZooCommand();
      case "datasets" -> new DatasetsCommand();
      case "views" -> new ViewsCommand();
      case "edit" -> new EditCommand();
      case "evaluate" -> new EvaluateCommand();
      case "annotate" -> new AnnotateCommand();
      case "load-annotations" -> new LoadAnnotationsCommand();
      case "runs" -> new RunsCommand();
      case "annotation" -> new AnnotationCommand();
      case "doctor" -> new DoctorCommand();
      default -> throw new IllegalArgumentException("no command " + name);
    };
  }
}
