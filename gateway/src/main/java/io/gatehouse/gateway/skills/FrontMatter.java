package io.gatehouse.gateway.skills;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/**
 * The YAML at the beginning of a SKILL.md, between two lines of {@code ---}, and the text after it.
 *
 * <p>Open Terminal takes each line {@code key: value} apart by its first colon, and people write
 * what that accepts and YAML does not, such as a second colon in a value. So YAML is asked for
 * quoted texts, blocks and texts of several lines; a text on one line is taken as it stands; and
 * what is no YAML is read line by line.
 *
 * @param values the values of the keys at the top, without those that are lists or mappings
 * @param body the rest of the text, without blanks around it
 */
record FrontMatter(Map<String, String> values, String body) {

  private static final String OPENING = "---\n";
  private static final String CLOSING = "\n---";

  /** Characters. Larger front matter is nobody's description. */
  private static final int LONGEST = 32 * 1024;

  /**
   * Levels of lists and mappings. The library looks at each open level for each part of the text,
   * so 15,000 levels in one file would take seconds of a processor.
   */
  private static final int DEEPEST = 32;

  FrontMatter {
    values = Map.copyOf(values);
  }

  static FrontMatter of(String written) {
    return of(written, true);
  }

  /**
   * Reads the front matter of a text.
   *
   * @param isYaml false reads the front matter line by line, which takes a hundredth of the time
   */
  static FrontMatter of(String written, boolean isYaml) {
    String text = written.replace("\r\n", "\n").replace('\r', '\n');
    text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    int end = text.startsWith(OPENING) ? text.indexOf(CLOSING, OPENING.length() - 1) : -1;
    if (end < 0) {
      return new FrontMatter(Map.of(), text.strip());
    }
    String matter = end < OPENING.length() ? "" : text.substring(OPENING.length(), end);
    int body = text.indexOf('\n', end + 1);
    return new FrontMatter(
        matter.length() > LONGEST ? Map.of() : isYaml ? values(matter) : byLines(matter),
        body < 0 ? "" : text.substring(body + 1).strip());
  }

  /** The value of a key, if it is not blank. */
  Optional<String> find(String key) {
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isBlank());
  }

  private static Map<String, String> values(String matter) {
    try {
      return byYaml(matter).orElseGet(() -> byLines(matter));
    } catch (RuntimeException noYaml) {
      // The library throws YamlEngineException. Whatever else a hostile text makes it throw, must
      // cost the user this one skill at most, and not the list.
      return byLines(matter);
    }
  }

  /**
   * The values of the mapping at the top; empty if there is none, or if the text is nested too
   * deeply. Reads events instead of a tree. So an alias is never followed, however many there are,
   * and nothing is called for each level of nesting.
   */
  private static Optional<Map<String, String>> byYaml(String matter) {
    List<String> lines = matter.lines().toList();
    Map<String, String> values = new HashMap<>();
    Optional<String> key = Optional.empty();
    boolean isKey = true;
    boolean isMapping = false;
    int depth = 0;
    for (Event event : new Parse(settings(matter)).parseString(matter)) {
      Event.ID kind = event.getEventId();
      boolean isNode = kind == Event.ID.Scalar || kind == Event.ID.Alias;
      boolean begins = kind == Event.ID.MappingStart || kind == Event.ID.SequenceStart;
      if (depth == 0 && kind == Event.ID.MappingStart) {
        isMapping = true;
      } else if (depth == 1 && (isNode || begins)) {
        if (isKey) {
          key = event instanceof ScalarEvent name ? Optional.of(name.getValue()) : Optional.empty();
        } else if (key.isPresent()) {
          values.put(key.get(), value(event, lines));
        }
        isKey = !isKey;
      }
      if (begins) {
        depth++;
        if (depth > DEEPEST) {
          return Optional.empty();
        }
      } else if (kind == Event.ID.MappingEnd || kind == Event.ID.SequenceEnd) {
        depth--;
      }
    }
    return isMapping ? Optional.of(values) : Optional.empty();
  }

  /**
   * The buffer has room for all of the text. Version 3.0.1 fails where a character of two chars
   * crosses the end of its buffer.
   */
  private static LoadSettings settings(String matter) {
    return LoadSettings.builder()
        .setUseMarks(true)
        .setCodePointLimit(LONGEST)
        .setBufferSize(matter.length() + 2)
        .build();
  }

  private static String value(Event event, List<String> lines) {
    Optional<Mark> start = event.getStartMark();
    Optional<Mark> end = event.getEndMark();
    boolean isOnOneLine =
        start.isPresent() && end.isPresent() && start.get().getLine() == end.get().getLine();
    if (event instanceof ScalarEvent scalar
        && (scalar.getScalarStyle() != ScalarStyle.PLAIN
            || scalar.getValue().isEmpty()
            || !isOnOneLine)) {
      return scalar.getValue().strip();
    }
    if (event instanceof CollectionStartEvent collection && !collection.isFlow()) {
      return "";
    }
    // The line as it stands: a '#' and what follows it, a '*' and a '[' are text, as in Open
    // Terminal.
    return start
        .filter(mark -> mark.getLine() < lines.size())
        .map(mark -> fromColumn(lines.get(mark.getLine()), mark.getColumn()).strip())
        .orElse("");
  }

  private static String fromColumn(String line, int column) {
    return line.substring(
        line.offsetByCodePoints(0, Math.min(column, line.codePointCount(0, line.length()))));
  }

  /** Reads lines of {@code key: value}, and blocks after {@code >} and {@code |}. */
  private static Map<String, String> byLines(String matter) {
    List<String> lines = matter.lines().toList();
    Map<String, String> values = new HashMap<>();
    for (int at = 0; at < lines.size(); at++) {
      String line = lines.get(at);
      int colon = line.indexOf(':');
      // An indented line belongs to a mapping in the text, whose keys are not those at the top.
      boolean isNested =
          isIndented(line) && values.containsKey(line.substring(0, Math.max(0, colon)).strip());
      if (colon < 0 || isNested || line.stripLeading().startsWith("#")) {
        continue;
      }
      String key = line.substring(0, colon).strip();
      String value = line.substring(colon + 1).strip();
      if (value.equals(">") || value.equals("|")) {
        int last = at;
        while (last + 1 < lines.size() && isIndented(lines.get(last + 1))) {
          last++;
        }
        values.put(
            key,
            String.join(
                value.equals("|") ? "\n" : " ",
                lines.subList(at + 1, last + 1).stream().map(String::strip).toList()));
        at = last;
      } else {
        values.put(key, withoutQuotes(value));
      }
    }
    return values;
  }

  private static boolean isIndented(String line) {
    return line.startsWith(" ") || line.startsWith("\t");
  }

  private static String withoutQuotes(String value) {
    int from = 0;
    int to = value.length();
    while (from < to && isQuote(value.charAt(from))) {
      from++;
    }
    while (to > from && isQuote(value.charAt(to - 1))) {
      to--;
    }
    return value.substring(from, to);
  }

  private static boolean isQuote(char character) {
    return character == '"' || character == '\'';
  }
}
