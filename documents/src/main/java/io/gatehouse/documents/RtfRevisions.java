package io.gatehouse.documents;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.apache.tika.exception.TikaException;

/**
 * Removes from RTF (Rich Text Format Specification 1.9.1) the characters that have one of the
 * properties {@code \deleted}, {@code \mvf} (moved from here) and {@code \v} (hidden).
 *
 * <p>All groups stay, and all control words except those that stand for characters, so the
 * structure stays the same.
 */
final class RtfRevisions extends InputStream {

  private static final int LONGEST_WORD = 64;
  private static final int DEEPEST = 10_000;
  private static final int END = -1;

  /** The most cells of a row. Word allows 63. */
  private static final int MOST_CELLS = 1000;

  /** Control words that stand for a character. */
  private static final Set<String> CHARACTERS =
      Set.of(
          "par",
          "line",
          "tab",
          "u",
          "emdash",
          "endash",
          "emspace",
          "enspace",
          "bullet",
          "lquote",
          "rquote",
          "ldblquote",
          "rdblquote",
          "page",
          "sect",
          "column",
          "chpgn",
          "chdate",
          "chtime");

  private final InputStream in;
  private final Deque<Properties> groups = new ArrayDeque<>();
  private Properties properties = new Properties(false, false, false, "");

  /** The number of cells of this row that ended since its last visible character. */
  private int cells;

  private boolean inTable;

  /** Bytes that are passed on before the next token is read. */
  private byte[] ready = {};

  private int position;

  /** A byte that was read and belongs to the next token. */
  private int ahead = END;

  /** The number of bytes of binary data that are still to be passed on unchanged. */
  private long binary;

  RtfRevisions(InputStream in) {
    super();
    this.in = in;
  }

  /**
   * The properties that are in force in a group.
   *
   * @param closing the text that is written before the end of the group
   */
  private record Properties(boolean deleted, boolean moved, boolean hidden, String closing) {

    boolean isLeftOut() {
      return deleted || moved || hidden;
    }
  }

  @Override
  public int read() throws IOException {
    while (position == ready.length) {
      int next = next();
      if (next == END) {
        return END;
      }
      position = 0;
      ready = binary > 0 ? raw(next) : token(next);
    }
    return ready[position++] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = 0;
    while (count < length) {
      int next = read();
      if (next == END) {
        break;
      }
      target[offset + count++] = (byte) next;
    }
    return count == 0 && length > 0 ? END : count;
  }

  private int next() throws IOException {
    int next = ahead == END ? in.read() : ahead;
    ahead = END;
    return next;
  }

  private byte[] raw(int value) {
    binary--;
    return new byte[] {(byte) value};
  }

  private byte[] token(int first) throws IOException {
    switch (first) {
      case '{' -> {
        if (groups.size() == DEEPEST) {
          throw new IOException(
              new TikaException("groups of the RTF are nested more than " + DEEPEST + " deep"));
        }
        groups.push(properties);
        properties = closing("");
      }
      case '}' -> {
        String closing = properties.closing();
        properties = groups.isEmpty() ? properties : groups.pop();
        return bytes(closing + "}");
      }
      case '\\' -> {
        return control();
      }
      default -> {
        boolean lineEnd = first == '\r' || first == '\n';
        return lineEnd ? new byte[] {(byte) first} : character(String.valueOf((char) first));
      }
    }
    return new byte[] {(byte) first};
  }

  private byte[] control() throws IOException {
    StringBuilder control = new StringBuilder("\\");
    int next = next();
    if (!isLetter(next)) {
      if (next == END) {
        return bytes(control);
      }
      control.append((char) next);
      if (next == '\'') {
        // Two hexadecimal digits follow, the code of a character.
        control.append((char) Math.max(next(), 0)).append((char) Math.max(next(), 0));
      }
      boolean isCharacter = "'~-_\\{}".indexOf(next) >= 0;
      return isCharacter ? character(control) : bytes(control);
    }
    StringBuilder word = new StringBuilder();
    for (; isLetter(next) && word.length() < LONGEST_WORD; next = next()) {
      word.append((char) next);
    }
    StringBuilder number = new StringBuilder();
    for (; (next == '-' && number.isEmpty()) || isDigit(next); next = next()) {
      number.append((char) next);
      if (number.length() > LONGEST_WORD) {
        throw new IOException(
            new TikaException("a number of the RTF has more than " + LONGEST_WORD + " digits"));
      }
    }
    control.append(word).append(number);
    if (next == ' ') {
      control.append(' ');
    } else {
      ahead = next;
    }
    return word(word.toString(), number.toString(), control);
  }

  /** Passes on a visible character, after tabs for the cells that ended before it. */
  private byte[] character(CharSequence token) {
    if (properties.isLeftOut()) {
      return new byte[0];
    }
    String tabs = "\\tab ".repeat(cells);
    cells = 0;
    return bytes(tabs + token);
  }

  private byte[] word(String word, String number, CharSequence token) {
    boolean on = !number.equals("0");
    switch (word) {
      case "deleted" ->
          properties =
              new Properties(on, properties.moved(), properties.hidden(), properties.closing());
      case "mvf" ->
          properties =
              new Properties(properties.deleted(), on, properties.hidden(), properties.closing());
      case "v" ->
          properties =
              new Properties(properties.deleted(), properties.moved(), on, properties.closing());
      case "plain" -> properties = new Properties(false, false, false, properties.closing());
      case "pard" -> inTable = false;
      case "intbl" -> inTable = true;
      case "cell", "nestcell" -> {
        cells = Math.min(cells + 1, MOST_CELLS);
        return new byte[0];
      }
      case "row", "nestrow" -> {
        cells = 0;
        return bytes("\\par ");
      }
      case "par", "line" -> {
        return inTable ? character(" ") : character(token);
      }
      case "atnid" -> properties = new Properties(false, false, true, "");
      case "atnauthor" -> {
        properties = closing(": ");
        return bytes(token + " [comment, ");
      }
      case "annotation" -> properties = closing("]");
      case "bin" -> binary = number.matches("[0-9]{1,10}") ? Long.parseLong(number) : 0;
      default -> {
        return CHARACTERS.contains(word) ? character(token) : bytes(token);
      }
    }
    return bytes(token);
  }

  private Properties closing(String closing) {
    return new Properties(properties.deleted(), properties.moved(), properties.hidden(), closing);
  }

  private static boolean isLetter(int value) {
    return (value >= 'a' && value <= 'z') || (value >= 'A' && value <= 'Z');
  }

  private static boolean isDigit(int value) {
    return value >= '0' && value <= '9';
  }

  private static byte[] bytes(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
