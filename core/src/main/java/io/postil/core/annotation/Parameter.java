package io.postil.core.annotation;

import org.jspecify.annotations.Nullable;

/**
 * A parameter of a backend's configuration.
 *
 * @param name its name, as in the configuration file and, in capitals, in environment variables
 * @param type how a text value of it is read
 * @param secret whether it must never be stored or shown
 * @param defaultValue what it is where nothing sets it, or null
 * @param help what it is for, in a sentence
 */
public record Parameter(
    String name, Type type, boolean secret, @Nullable Object defaultValue, String help) {
  /** How a text value is read. */
  public enum Type {
    /** Taken as it is, whatever it looks like. */
    TEXT,
    INTEGER,
    BOOLEAN,
    /** Separated by commas. */
    LIST,
    /** A number, boolean, null, list or text, by what it looks like. */
    ANY
  }
}
