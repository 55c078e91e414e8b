package io.gatehouse.gateway.exec;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns the escapes that models write into input ({@code \n}, {@code \x03}) into their characters.
 *
 * <p>The escapes are those of a Python string, as in Open Terminal. Other text stays as it is. So
 * do malformed escapes and halves of surrogate pairs, for which Open Terminal answers 500.
 */
final class InputEscapes {

  private static final String HEX = "[0-9A-Fa-f]";
  private static final String NO_SURROGATE = "(?![Dd][89A-Fa-f])";

  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\\\(?:"
              + "(?<single>[\n\\\\'\"abfnrtv])"
              + "|(?<octal>[0-7]{1,3})"
              + ("|x(?<two>" + HEX + "{2})")
              + ("|u(?<four>" + NO_SURROGATE + HEX + "{4})")
              + ("|u(?<high>[Dd][89ABab]" + HEX + "{2})\\\\u(?<low>[Dd][C-Fc-f]" + HEX + "{2})")
              + ("|U00(?<six>(?:00" + NO_SURROGATE + "|0[1-9A-Fa-f]|10)" + HEX + "{4})")
              + "|N\\{(?<name>[^{}]+)\\}"
              + ")");

  private InputEscapes() {}

  static String unescape(String text) {
    return ESCAPE.matcher(text).replaceAll(escape -> Matcher.quoteReplacement(characters(escape)));
  }

  private static String characters(MatchResult escape) {
    if (escape.group("single") != null) {
      return single(escape.group("single").charAt(0));
    }
    if (escape.group("octal") != null) {
      return Character.toString(Integer.parseInt(escape.group("octal"), 8));
    }
    if (escape.group("name") != null) {
      return named(escape);
    }
    if (escape.group("high") != null) {
      return hex(escape, "high") + hex(escape, "low");
    }
    if (escape.group("two") != null) {
      return hex(escape, "two");
    }
    return hex(escape, escape.group("four") != null ? "four" : "six");
  }

  private static String single(char letter) {
    return switch (letter) {
      case '\n' -> "";
      case 'a' -> "\u0007";
      case 'b' -> "\b";
      case 'f' -> "\f";
      case 'n' -> "\n";
      case 'r' -> "\r";
      case 't' -> "\t";
      case 'v' -> "\u000b";
      default -> Character.toString(letter);
    };
  }

  private static String hex(MatchResult escape, String group) {
    return Character.toString(Integer.parseInt(escape.group(group), 16));
  }

  private static String named(MatchResult escape) {
    try {
      return Character.toString(Character.codePointOf(escape.group("name")));
    } catch (IllegalArgumentException e) {
      return escape.group(); // no character has this name
    }
  }
}
