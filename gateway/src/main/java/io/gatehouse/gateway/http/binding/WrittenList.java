package io.gatehouse.gateway.http.binding;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a list of texts that was put into one parameter of a query, as {@code ['*.txt', '*.md']}.
 *
 * <p>Open WebUI up to 0.12.0 writes the list of a tool call as Python prints it, with double quotes
 * around a text that has an apostrophe. A list in JSON, which models may write into a parameter, is
 * read too.
 *
 * <p>Anything else is read as one text, as in Open Terminal, and is no error, because shell
 * patterns have brackets too. {@code [ab]*} has no quotes, so it is no list. {@code ['a']} is a
 * list, although it is also a pattern for the names {@code a} and {@code '}; that pattern can be
 * written as {@code [a']}.
 */
final class WrittenList {

  private final String text;
  private int position;

  private WrittenList(String text) {
    this.text = text;
  }

  /** The texts of the list; empty if the text is not a list. */
  static Optional<List<String>> parse(String text) {
    return new WrittenList(text.strip()).list();
  }

  private Optional<List<String>> list() {
    List<String> items = new ArrayList<>();
    if (!take('[')) {
      return Optional.empty();
    }
    if (take(']')) {
      return atEnd(items);
    }
    do {
      Optional<String> item = item();
      if (item.isEmpty()) {
        return Optional.empty();
      }
      items.add(item.get());
    } while (take(','));
    return take(']') ? atEnd(items) : Optional.empty();
  }

  private Optional<List<String>> atEnd(List<String> items) {
    return position == text.length() ? Optional.of(List.copyOf(items)) : Optional.empty();
  }

  private boolean take(char wanted) {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
    if (position < text.length() && text.charAt(position) == wanted) {
      position++;
      return true;
    }
    return false;
  }

  private Optional<String> item() {
    char quote;
    if (take('\'')) {
      quote = '\'';
    } else if (take('"')) {
      quote = '"';
    } else {
      return Optional.empty();
    }
    StringBuilder item = new StringBuilder();
    while (position < text.length()) {
      char next = text.charAt(position++);
      if (next == quote) {
        return Optional.of(item.toString());
      }
      if (next != '\\') {
        item.append(next);
      } else if (!escape(item)) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private boolean escape(StringBuilder item) {
    if (position == text.length()) {
      return false;
    }
    char escaped = text.charAt(position++);
    switch (escaped) {
      case '\\', '\'', '"', '/' -> item.append(escaped);
      case 'n' -> item.append('\n');
      case 'r' -> item.append('\r');
      case 't' -> item.append('\t');
      case 'x' -> {
        return codePoint(2, item);
      }
      case 'u' -> {
        return codePoint(4, item);
      }
      case 'U' -> {
        return codePoint(8, item);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean codePoint(int digits, StringBuilder item) {
    int end = position + digits;
    if (end > text.length() || !text.substring(position, end).matches("[0-9a-fA-F]+")) {
      return false;
    }
    long codePoint = Long.parseLong(text, position, end, 16);
    position = end;
    if (codePoint > Character.MAX_CODE_POINT) {
      return false;
    }
    item.appendCodePoint((int) codePoint);
    return true;
  }
}
