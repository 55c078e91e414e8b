package io.gatehouse.documents.text;

import java.util.regex.Pattern;

/** Writes comments as lines of their own, beside what they are about. */
public final class Comments {

  private static final Pattern WHITESPACE = Pattern.compile("\\s+");

  /** The author that Excel gives to the note that stands for a conversation in older programs. */
  private static final String CONVERSATION = "tc=";

  private Comments() {}

  /** The comment on one line, because a row of a table is one line. */
  public static String oneLine(CharSequence text) {
    return WHITESPACE.matcher(text).replaceAll(" ").strip();
  }

  /** {@code Author: text}, or only the text if nobody is named. */
  public static String line(String author, String text) {
    if (author.startsWith(CONVERSATION)) {
      // The text begins with two paragraphs of advice to the users of older programs.
      String[] paragraphs = text.split("\n\n", 3);
      return oneLine(paragraphs[paragraphs.length - 1]);
    }
    String line = oneLine(text);
    String name = oneLine(author);
    return name.isEmpty() || line.startsWith(name + ":") ? line : name + ": " + line;
  }
}
