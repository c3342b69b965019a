package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.engine.Workspace;
import io.postil.engine.config.Backends;
import io.postil.store.sqlite.NativeLibrary;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code postil}: finds the command group, runs it, prints errors. */
public final class Main extends Command {
  private @Nullable String database;
  private boolean debug;

  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";
  private static final String WITHOUT_GROOVY = "picocli.disable.closures";

  private final Map<String, String> environment;
  private final boolean interactive;

  private Main(Map<String, String> environment, boolean interactive) {
    this.environment = environment;
    this.interactive = interactive;
  }

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description(
            "Labels for image and video datasets: explore, send to annotators, merge back.")
        .keepOrder();
    syntax
        .option(
            "--database",
            "URI",
            "The database: sqlite:FILE or mongodb://... (default: POSTIL_DATABASE_URI, then"
                + " FIFTYONE_DATABASE_URI, then the embedded one in POSTIL_HOME).",
            v -> database = v)
        .scopeType(ScopeType.INHERIT);
    syntax
        .flag("--debug", "Print the stack trace of an error.", v -> debug = v)
        .scopeType(ScopeType.INHERIT);
    syntax
        .flag("--help", "Print this help.", v -> {})
        .names("-h", "--help")
        .usageHelp(true)
        .scopeType(ScopeType.INHERIT);
    syntax
        .flag("--version", "Print the version.", v -> {})
        .names("-V", "--version")
        .versionHelp(true);
  }

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    // Warnings of the parts of Postil look like those of a command: level, message, error.
    System.setProperty(LOG_FORMAT, "postil: %4$s: %5$s%6$s%n");
    // Else picocli looks for a class of Groovy, for which Java opens one jar after the other.
    System.setProperty(WITHOUT_GROOVY, "true");
    Main main = new Main(System.getenv(), Terminal.isWatched());
    int code = run(main, args, console(), new PrintWriter(System.err, true));
    // All is closed by now, and a server, which has something to do at its end, is ended by a
    // signal. System.exit would set up Java's logging, in case somebody logs exits, and open every
    // jar for that.
    Runtime.getRuntime().halt(code);
  }

  /** Standard output in large pieces: a view's JSON may be many megabytes. */
  private static PrintWriter console() {
    OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16);
    return new PrintWriter(new OutputStreamWriter(out, System.out.charset()), true);
  }

  /** Runs a command as a script would; gives its exit code. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    return run(args, out, err, System.getenv());
  }

  /** Runs a command as a script would, in another environment. */
  static int run(String[] args, PrintWriter out, PrintWriter err, Map<String, String> environment) {
    return run(new Main(environment, false), args, out, err);
  }

  private static int run(Main main, String[] args, PrintWriter out, PrintWriter err) {
    CommandLine line = main.line().setOut(out).setErr(err);
    line.getCommandSpec().name("postil").versionProvider(new Version());
    List<String> names = names(args);
    String called = names.isEmpty() ? null : names.get(0);
    if (called != null && CommandTable.contains(called)) {
      Command command = CommandTable.create(called);
      CommandLine below = command.line();
      if (command instanceof Group group) {
        group.addCommands(below, names.size() > 1 ? names.get(1) : null);
      }
      line.addSubcommand(called, below);
    } else {
      showTable(line);
    }
    line.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, a) -> usageError(e, called, err));
    line.setExecutionExceptionHandler((e, l, parsed) -> error(e, main.debug, err));
    return line.execute(args);
  }

  /** The arguments that are neither options nor the database: the command's names come first. */
  private static List<String> names(String[] args) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--database")) {
        i++;
      } else if (!args[i].startsWith("-")) {
        names.add(args[i]);
      }
    }
    return names;
  }

  private static void showTable(CommandLine line) {
    line.getHelpSectionMap()
        .put(
            CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
            help -> {
              StringBuilder list = new StringBuilder("Commands:\n");
              for (CommandTable.Entry entry : CommandTable.entries()) {
                list.append(String.format("  %-18s %s%n", entry.name(), entry.description()));
              }
              return list + "\nMore on each: postil COMMAND --help\n";
            });
  }

  private static int usageError(ParameterException e, @Nullable String called, PrintWriter err) {
    if (called != null && !CommandTable.contains(called)) {
      List<String> names = CommandTable.entries().stream().map(CommandTable.Entry::name).toList();
      err.println("postil: there is no command " + called);
      err.println(Nearest.hint(called, names));
    } else if (e instanceof UnmatchedArgumentException unmatched) {
      unmatched(unmatched.getUnmatched().get(0), e.getCommandLine(), err);
    } else {
      // Picocli says it twice of options that take NAME=VALUE.
      err.println("postil: " + String.valueOf(e.getMessage()).replace("option option ", "option "));
      err.println("See: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    }
    return 2;
  }

  /** Says of an argument that a command does not know which one may be meant. */
  private static void unmatched(String argument, CommandLine line, PrintWriter err) {
    CommandSpec spec = line.getCommandSpec();
    String given = argument.split("=", 2)[0];
    boolean option = given.startsWith("-");
    if (option) {
      err.println("postil: '" + spec.qualifiedName() + "' has no option " + given);
    } else if (spec.subcommands().isEmpty()) {
      err.println(
          "postil: '" + spec.qualifiedName() + "' does not take the argument '" + given + "'");
    } else {
      err.println("postil: there is no command '" + spec.qualifiedName() + " " + given + "'");
    }
    String nearest =
        Nearest.to(given, option ? spec.optionsMap().keySet() : spec.subcommands().keySet());
    err.println(
        nearest == null
            ? "See: " + spec.qualifiedName() + " --help"
            : "Did you mean " + nearest + "?");
  }

  private static int error(Exception e, boolean debug, PrintWriter err) {
    if (debug) {
      e.printStackTrace(err);
    }
    if (!(e instanceof PostilException known)) {
      err.println("postil: an unexpected error: " + e);
      err.println("This is a fault of Postil; --debug shows where. Please report it.");
      return 1;
    }
    err.println("postil: " + known.getMessage());
    Set<String> told = new HashSet<>();
    for (PostilException.Problem problem : known.problems()) {
      if (problem.remedy() != null && told.add(problem.remedy())) {
        err.println(problem.remedy());
      }
    }
    return known.code() == ErrorCode.INTERRUPTED ? 130 : known.code().category().exitCode();
  }

  @Override
  public Integer call() {
    spec().commandLine().usage(spec().commandLine().getOut());
    return 0;
  }

  /** The directory of Postil's own files. */
  Path home() {
    return Workspace.home(environment);
  }

  /** The database that the options or the environment name. */
  URI database() {
    return database != null ? Workspace.address(database) : Workspace.database(environment);
  }

  /** Opens the database and the configuration of backends; the caller closes it. */
  Workspace workspace() {
    // The queues of the editor are SQLite files, whatever the store.
    NativeLibrary.prepare(home());
    return Workspace.open(home(), database(), environment);
  }

  /** The configured backends, without opening the database. */
  Backends backends() {
    return Workspace.backends(home(), environment);
  }

  /** Whether somebody watches and can be asked. */
  boolean isInteractive() {
    return interactive;
  }

  /** Reads the version from the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"postil " + (version == null ? "(not packaged)" : version)};
    }
  }
}
