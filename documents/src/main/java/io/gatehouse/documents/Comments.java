package io.gatehouse.documents;

import java.util.regex.Pattern;

/** Writes comments as lines of their own, beside what they are about. */
final class Comments {

  private static final Pattern WHITESPACE = Pattern.compile("\\s+");

  /** What Excel names as the author of the note that older programs see of a conversation. */
  private static final String CONVERSATION = "tc=";

  private Comments() {}

  /** On one line, as all that stands in a row of a table. */
  static String oneLine(CharSequence text) {
    return WHITESPACE.matcher(text).replaceAll(" ").strip();
  }

  /** {@code Author: text}, or only the text if nobody is named. */
  static String line(String author, String text) {
    if (author.startsWith(CONVERSATION)) {
      // After two paragraphs of advice to the users of older programs.
      String[] paragraphs = text.split("\n\n", 3);
      return oneLine(paragraphs[paragraphs.length - 1]);
    }
    String line = oneLine(text);
    String name = oneLine(author);
    return name.isEmpty() || line.startsWith(name + ":") ? line : name + ": " + line;
  }
}
