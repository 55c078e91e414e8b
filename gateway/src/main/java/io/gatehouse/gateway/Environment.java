package io.gatehouse.gateway;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Reads typed values from environment variables, and collects what is wrong with them.
 *
 * <p>An empty variable counts as one that is not set. A problem names the variable, the shape of
 * its value and what is allowed, but never the value: it may be a secret in the wrong place.
 */
final class Environment {

  private static final Set<String> TRUE = Set.of("true", "1", "yes", "on");
  private static final Set<String> FALSE = Set.of("false", "0", "no", "off");

  /** The most bytes of a file with a secret. A secret is one line. */
  private static final long LARGEST_SECRET_FILE = 65_536;

  private final Map<String, String> variables;
  private final Set<String> asked = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();

  Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  Optional<String> text(String name) {
    asked.add(name);
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  /** Whether the variable is set. Here an empty variable counts as set. */
  boolean isSet(String name) {
    asked.add(name);
    return variables.containsKey(name);
  }

  /**
   * The value, from the variable or from the file that {@code name_FILE} names, but not from both.
   */
  Optional<String> secret(String name) {
    Optional<String> value = text(name);
    Optional<String> file = text(name + "_FILE");
    if (value.isPresent() && file.isPresent()) {
      problems.add("both " + name + " and " + name + "_FILE are set; set one of them");
      return Optional.empty();
    }
    return file.isPresent() ? content(name + "_FILE", file.get()) : value;
  }

  private Optional<String> content(String name, String file) {
    try {
      Path path = Path.of(file);
      if (Files.size(path) > LARGEST_SECRET_FILE) {
        problems.add(
            name
                + " must name a file with the secret alone; the file has more than "
                + LARGEST_SECRET_FILE
                + " bytes");
        return Optional.empty();
      }
      String content = Files.readString(path).strip();
      if (content.isEmpty()) {
        problems.add(name + " names an empty file; write the secret into it");
      }
      return Optional.of(content).filter(text -> !text.isEmpty());
    } catch (IOException | InvalidPathException failure) {
      problems.add(
          name
              + " names a file that the account of the gateway cannot read; check its path and"
              + " permissions");
      return Optional.empty();
    }
  }

  Optional<Boolean> flag(String name) {
    return parsed(
        name,
        "true or false",
        value -> {
          String word = value.toLowerCase(Locale.ROOT);
          if (TRUE.contains(word)) {
            return Optional.of(true);
          }
          return FALSE.contains(word) ? Optional.of(false) : Optional.empty();
        });
  }

  long number(String name, long smallest, long largest, long otherwise) {
    return parsed(
            name,
            "a whole number from " + smallest + " to " + largest,
            value ->
                Optional.of(Long.parseLong(value))
                    .filter(number -> number >= smallest && number <= largest))
        .orElse(otherwise);
  }

  /** A duration given in seconds, with or without a fraction. */
  Optional<Duration> seconds(String name, Duration longest) {
    return parsed(
        name,
        "a number of seconds from 0 to " + longest.toSeconds(),
        value -> {
          BigDecimal seconds = new BigDecimal(value);
          boolean allowed =
              seconds.signum() >= 0
                  && seconds.compareTo(BigDecimal.valueOf(longest.toSeconds())) <= 0;
          return allowed
              ? Optional.of(Duration.ofNanos(seconds.movePointRight(9).longValue()))
              : Optional.empty();
        });
  }

  /**
   * A URI that the rule allows. The text {@code allowed} says the rule in words, for the error
   * text.
   */
  Optional<URI> uri(String name, String allowed, Predicate<URI> rule) {
    return parsed(name, allowed, value -> Optional.of(new URI(value)).filter(rule));
  }

  Optional<Path> directory(String name) {
    return parsed(
        name,
        "an absolute path",
        value -> Optional.of(Path.of(value)).filter(Path::isAbsolute).map(Path::normalize));
  }

  <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
    List<String> words =
        Arrays.stream(type.getEnumConstants())
            .map(each -> each.name().toLowerCase(Locale.ROOT))
            .toList();
    return parsed(
        name,
        String.join(" or ", words),
        value ->
            Optional.of(words.indexOf(value.toLowerCase(Locale.ROOT)))
                .filter(index -> index >= 0)
                .map(index -> type.getEnumConstants()[index]));
  }

  /** The parts between commas, without blanks around them. */
  List<String> list(String name, List<String> otherwise) {
    return text(name)
        .map(
            value ->
                Arrays.stream(value.split(",", -1))
                    .map(String::strip)
                    .filter(part -> !part.isEmpty())
                    .toList())
        .orElse(otherwise);
  }

  /**
   * A text that the rule allows. The text {@code allowed} says the rule in words, for the error
   * text.
   */
  Optional<String> matching(String name, String allowed, Predicate<String> rule) {
    return parsed(name, allowed, value -> Optional.of(value).filter(rule));
  }

  private <T> Optional<T> parsed(String name, String allowed, Parser<T> parser) {
    Optional<String> value = text(name).map(String::strip);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> result;
    try {
      result = parser.parse(value.get());
    } catch (NumberFormatException | URISyntaxException | InvalidPathException failure) {
      result = Optional.empty();
    }
    if (result.isEmpty()) {
      problems.add(name + " must be " + allowed + "; it has " + shape(value.get()));
    }
    return result;
  }

  private interface Parser<T> {
    Optional<T> parse(String value) throws URISyntaxException;
  }

  private static String shape(String value) {
    if (value.chars().allMatch(Character::isDigit)) {
      return value.length() + " digits";
    }
    String kind = value.chars().allMatch(Character::isLetter) ? " letters" : " characters";
    return value.length() + kind;
  }

  void problem(String problem) {
    problems.add(problem);
  }

  /**
   * Returns normally if all values that were read so far are valid.
   *
   * @throws ConfigurationException with all problems so far
   */
  void requireNoProblems() {
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  /** The variables with this prefix that are set but that are no settings, sorted by name. */
  List<String> unasked(String prefix) {
    return variables.keySet().stream()
        .filter(name -> name.startsWith(prefix) && !asked.contains(name))
        .sorted()
        .toList();
  }
}
