package io.postil.core.dataset;

import java.util.regex.Pattern;

/** What the {@code filepath} of a sample can be. Stateless. */
public final class Filepaths {
  private static final Pattern ADDRESS = Pattern.compile("(?i)(?!file:)[a-z][a-z0-9+.-]+://.*");

  private Filepaths() {}

  /**
   * Whether it is an address elsewhere, such as {@code https://host/image.jpg} or {@code
   * s3://bucket/key}, and no file of this machine.
   */
  public static boolean isAddress(String filepath) {
    return ADDRESS.matcher(filepath).matches();
  }
}
