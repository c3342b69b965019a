package io.postil.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Opens addresses in the user's browser, as far as there is one. Stateless. */
final class Browser {
  private Browser() {}

  /** Opens an address; false if no program for it could be started. */
  static boolean open(String address) {
    if (!address.startsWith("http://") && !address.startsWith("https://")) {
      return false;
    }
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    List<String> command =
        system.contains("mac")
            ? List.of("open", address)
            : system.contains("windows")
                ? List.of("rundll32", "url.dll,FileProtocolHandler", address)
                : List.of("xdg-open", address);
    try {
      new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
