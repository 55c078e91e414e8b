package io.gatehouse.gateway;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds names in a document that do not exist in the repository: files, classes, settings, words of
 * the program, links. It reads only words in back-ticks, not fenced blocks, because
 * docs/test/commands.bats runs those.
 */
final class DocumentCheck {

  private static final int LONGEST_LINE = 120;

  private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```");
  private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|src=\"([^\"]+)\"");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  private static final Pattern SETTING =
      Pattern.compile("((?:GATEHOUSE|OPEN_TERMINAL)_[A-Z_]*[A-Z])(?:=.*)?");

  /** A class, or a member of one: {@code Accounts.open}. */
  private static final Pattern CLASS =
      Pattern.compile("([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(?:\\.([a-z][A-Za-z0-9]*))?");

  private static final Pattern FILE =
      Pattern.compile(
          "\\.{0,2}/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/?"
              + "|[A-Za-z0-9_-]+\\.(bash|bats|conf|java|json|md|nft|sh|txt|xml|yaml|yml)");

  private static final Pattern ENDS_AS_A_FILE =
      Pattern.compile(".*\\.(bash|bats|java|json|md|nft|py|sh|task|xml|yaml|yml)");

  /**
   * The beginnings of absolute paths: in containers, on machines, and in addresses of the HTTP API.
   */
  private static final Pattern ABSOLUTE = Pattern.compile("/[A-Za-z0-9_.{}/<>-]*");

  private static final Pattern PARAMETER = Pattern.compile("/?([{<]|(?<=/)[A-Z][A-Z]).*");

  private static final Pattern OF_A_SETTING = Pattern.compile("[A-Z_]+/");
  private static final Pattern FOLDER = Pattern.compile("[a-z_]+/");
  private static final Pattern LOWER_CASE = Pattern.compile("[a-z_]+");

  /** A word of the program: a script, a column, an option, a measure. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{2,}+");

  private final Repository repository;
  private final Set<String> foreign;
  private final String sources;
  private final Set<String> words;
  private final Set<String> settings;

  /**
   * @param foreign words that do not come from this repository
   */
  DocumentCheck(Repository repository, Set<String> foreign) {
    this.repository = repository;
    this.foreign = foreign;
    this.sources = repository.sources();
    this.words =
        WORD.matcher(sources).results().map(MatchResult::group).collect(Collectors.toSet());
    this.settings =
        Set.copyOf(
            Pattern.compile("(?m)^\\| `([A-Z_]+)`")
                .matcher(repository.text("docs/reference/settings.md"))
                .results()
                .map(row -> row.group(1))
                .toList());
  }

  /** The wrong names in this text, in their order. */
  List<String> problems(String path, String text) {
    List<String> problems = new ArrayList<>();
    String prose = FENCED.matcher(text).replaceAll("");
    SPAN.matcher(prose)
        .results()
        .map(span -> span.group(1).replaceAll("\\s+", " "))
        .flatMap(span -> problem(path, span).stream())
        .forEach(problem -> problems.add(path + ": " + problem));
    LINK.matcher(SPAN.matcher(prose).replaceAll("``"))
        .results()
        .flatMap(link -> brokenLink(path, text, link).stream())
        .forEach(problem -> problems.add(path + ": " + problem));
    text.lines()
        .filter(
            line -> line.codePointCount(0, line.length()) > LONGEST_LINE && !line.startsWith("|"))
        .forEach(line -> problems.add(path + ": a line is longer than 120 characters: " + line));
    return problems;
  }

  /**
   * The words in back-ticks that are neither in this repository nor in the list of foreign words.
   */
  private Optional<String> problem(String path, String span) {
    String word = span.strip();
    if (foreign.contains(word)) {
      return Optional.empty();
    }
    MatchResult setting = match(SETTING, word);
    if (setting != null) {
      return missing(settings.contains(setting.group(1)), "there is no setting " + word);
    }
    MatchResult type = match(CLASS, word);
    if (type != null) {
      return missing(hasClass(type), "there is no class " + word);
    }
    if (word.contains(" ")) {
      return Stream.of(word.split(" "))
          .filter(part -> !foreign.contains(part))
          .flatMap(part -> problemOfPart(path, part).stream())
          .findFirst();
    }
    if (ABSOLUTE.matcher(word).matches()) {
      return missing(hasAbsolute(word), "no source has the path " + word);
    }
    if ((word.contains("/") && FILE.matcher(word).matches())
        || ENDS_AS_A_FILE.matcher(word).matches()) {
      return missing(hasFile(path, word), "there is no file " + word);
    }
    if (WORD.matcher(word).matches()) {
      return missing(isInSources(word), "no source has the word " + word);
    }
    return Optional.empty();
  }

  /** In a command or a request, only words that must be a file or a path are checked. */
  private Optional<String> problemOfPart(String path, String part) {
    if (ABSOLUTE.matcher(part).matches()) {
      return missing(hasAbsolute(part), "no source has the path " + part);
    }
    return part.startsWith("./") || ENDS_AS_A_FILE.matcher(part).matches()
        ? missing(hasFile(path, part), "there is no file " + part)
        : Optional.empty();
  }

  private static @Nullable MatchResult match(Pattern pattern, String word) {
    var matcher = pattern.matcher(word);
    return matcher.matches() ? matcher.toMatchResult() : null;
  }

  private static Optional<String> missing(boolean exists, String problem) {
    return exists ? Optional.empty() : Optional.of(problem);
  }

  private boolean hasClass(MatchResult type) {
    String file = type.group(1) + ".java";
    if (!repository.hasFileNamed(file)) {
      return false;
    }
    return type.group(2) == null
        || repository.select("/" + file).values().stream()
            .anyMatch(
                text ->
                    text.contains(" " + type.group(2) + "(")
                        || text.contains(" " + type.group(2) + ","));
  }

  /**
   * From the root or from the document's folder; a name alone may be in any folder. What begins
   * with a setting, such as {@code STATE_DIR/accounts}, and a folder's name alone, such as {@code
   * logs/}, are of a running Gatehouse.
   */
  private boolean hasFile(String path, String word) {
    if (OF_A_SETTING.matcher(word).lookingAt() || FOLDER.matcher(word).matches()) {
      return Stream.of(word.split("/"))
          .filter(part -> LOWER_CASE.matcher(part).matches())
          .allMatch(this::isInSources);
    }
    return word.contains("/")
        ? repository.has(resolve("", word)) || repository.has(resolve(path, word))
        : repository.hasFileNamed(word);
  }

  /**
   * Whether an absolute path is known, without its placeholders, such as {@code {id}} or {@code
   * NAME}.
   */
  private boolean hasAbsolute(String word) {
    String fixed = PARAMETER.matcher(word).replaceFirst("");
    return fixed.isEmpty() || fixed.equals("/") || isPathOfSources(fixed);
  }

  /**
   * The path must occur as it is, or be a known folder and a name in it, because scripts write
   * {@code $etc/groups}.
   */
  private boolean isPathOfSources(String path) {
    String name = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    int slash = name.lastIndexOf('/');
    return sources.contains(name)
        || (slash > 0
            && sources.contains(name.substring(slash))
            && isPathOfSources(name.substring(0, slash)));
  }

  private boolean isInSources(String word) {
    return words.contains(word) || repository.hasFileNamed(word);
  }

  private Optional<String> brokenLink(String path, String text, MatchResult link) {
    String target = link.group(1) == null ? link.group(2) : link.group(1);
    if (target.matches("[a-z]+:.*")) {
      return Optional.empty();
    }
    String[] parts = target.split("#", 2);
    String file = parts[0].isEmpty() ? path : resolve(path, parts[0]);
    if (!repository.has(file)) {
      return foreign.contains(file)
          ? Optional.empty()
          : Optional.of("a link leads to " + target + ", which does not exist");
    }
    String linked = parts[0].isEmpty() ? text : repository.text(file);
    boolean found =
        parts.length == 1
            || HEADING
                .matcher(linked)
                .results()
                .anyMatch(heading -> anchor(heading.group(1)).equals(parts[1]));
    return found
        ? Optional.empty()
        : Optional.of("a link leads to " + target + ", which has no such heading");
  }

  /** The anchor of a heading, as GitHub makes it. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-');
  }

  private static String resolve(String document, String target) {
    int slash = document.lastIndexOf('/');
    Path folder = java.nio.file.Path.of(slash < 0 ? "" : document.substring(0, slash));
    return folder.resolve(target).normalize().toString();
  }

  /** The words of the list that no document needs any more. */
  List<String> unneeded(Map<String, String> documents) {
    String all = String.join("\n", documents.values());
    return foreign.stream().filter(word -> !all.contains(word)).sorted().toList();
  }
}
