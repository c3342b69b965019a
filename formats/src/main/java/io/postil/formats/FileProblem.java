package io.postil.formats;

/**
 * Something wrong with an entry of a file.
 *
 * @param place the file and, inside a text, line and column: {@code labels.json:12:7}
 * @param entry which entry, such as {@code annotation 17}; may be empty
 * @param message what is wrong with it
 */
public record FileProblem(String place, String entry, String message) {
  @Override
  public String toString() {
    return place + ": " + (entry.isEmpty() ? "" : entry + ": ") + message;
  }
}
