package io.gatehouse.gateway.session;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A text for the account's login shell, with the directory and the environment it runs in.
 *
 * @param text any shell text: several lines, quotes, comments, here-documents
 * @param directory where it runs, as an absolute path
 * @param environment variables that reach the process without being in an argument list
 */
public record CommandLine(String text, String directory, Map<String, String> environment) {

  /**
   * The most bytes that a text may have in UTF-8. Linux takes 131,072 bytes for one argument
   * (MAX_ARG_STRLEN), and the shell gets the text, the directory and the path of the prelude as one
   * argument.
   */
  public static final int LONGEST_TEXT = 120_000;

  /** The most bytes that a path may have in UTF-8: PATH_MAX without its closing NUL. */
  public static final int LONGEST_DIRECTORY = 4095;

  /**
   * The most variables that one command may set. OpenSSH silently drops variables beyond 128 in one
   * session.
   */
  public static final int MOST_VARIABLES = 100;

  /**
   * The most bytes that all names and values may have in UTF-8: each variable must fit into one SSH
   * packet, and all together into the environment of a process.
   */
  public static final int LARGEST_ENVIRONMENT = 120_000;

  private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  public CommandLine {
    problemOfText(text).ifPresent(CommandLine::refuse);
    problemOfDirectory(directory).ifPresent(CommandLine::refuse);
    problemOfEnvironment(environment).ifPresent(CommandLine::refuse);
    environment = Map.copyOf(environment);
  }

  /** Says in a sentence why this cannot be a command, or nothing if it can. */
  public static Optional<String> problemOfText(String text) {
    if (holdsNul(text)) {
      return Optional.of("a command must not contain a NUL character");
    }
    int length = bytes(text);
    return length <= LONGEST_TEXT
        ? Optional.empty()
        : Optional.of(
            "a command must have at most "
                + LONGEST_TEXT
                + " bytes, but this one has "
                + length
                + "; write it to a file and run the file");
  }

  /** Says in a sentence why this cannot be a working directory, or nothing if it can. */
  public static Optional<String> problemOfDirectory(String directory) {
    if (directory.isEmpty()) {
      return Optional.of("a path must not be empty");
    }
    if (holdsNul(directory)) {
      return Optional.of("a path must not contain a NUL character");
    }
    return bytes(directory) <= LONGEST_DIRECTORY
        ? Optional.empty()
        : Optional.of("a path must have at most " + LONGEST_DIRECTORY + " bytes");
  }

  /** Says in a sentence, which repeats no value, why this cannot be an environment. */
  public static Optional<String> problemOfEnvironment(Map<String, String> environment) {
    if (environment.size() > MOST_VARIABLES) {
      return Optional.of("at most " + MOST_VARIABLES + " variables can be set for one command");
    }
    int size = 0;
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (!VARIABLE_NAME.matcher(variable.getKey()).matches()) {
        return Optional.of(
            "the name of a variable must have 1 to 128 letters, digits and underscores and must not"
                + " start with a digit");
      }
      if (holdsNul(variable.getValue())) {
        return Optional.of(
            "the variable " + variable.getKey() + " must not contain a NUL character");
      }
      size += bytes(variable.getKey()) + bytes(variable.getValue());
    }
    return size <= LARGEST_ENVIRONMENT
        ? Optional.empty()
        : Optional.of(
            "the names and values of all variables together must have at most "
                + LARGEST_ENVIRONMENT
                + " bytes");
  }

  /** Shows no text and no value, because both may contain secrets. */
  @Override
  public String toString() {
    return "CommandLine[" + text.length() + " characters]";
  }

  private static boolean holdsNul(String text) {
    return text.indexOf('\0') >= 0;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void refuse(String problem) {
    throw new IllegalArgumentException(problem);
  }
}
