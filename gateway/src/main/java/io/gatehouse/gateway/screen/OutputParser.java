package io.gatehouse.gateway.screen;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits the output of programs into text and control functions (ECMA-48, and ctlseqs of xterm).
 *
 * <p>Strings, such as window titles, are skipped. A sequence may come in several pieces.
 */
final class OutputParser {

  /** The largest value of a parameter. No screen has more columns. */
  private static final int LARGEST_PARAMETER = 9999;

  /** The most parameters of one sequence. No sequence that is used here has more than two. */
  private static final int MOST_PARAMETERS = 16;

  private static final int CANCEL = 0x18;
  private static final int SUBSTITUTE = 0x1a;
  private static final int ESCAPE = 0x1b;
  private static final int BELL = 0x07;

  /** Takes the text and the control functions. */
  interface Sink {

    /** A character of the text. */
    void text(int codePoint);

    /** A control character below U+0020. */
    void control(char control);

    /** An escape sequence: the characters after ESC, such as {@code 7} or {@code (0}. */
    void escape(String sequence);

    /**
     * A control sequence.
     *
     * @param prefix {@code ?} or a similar character, or 0 if there is none
     * @param parameters at least one; a missing parameter is 0
     */
    void sequence(char prefix, List<Integer> parameters, char command);
  }

  private enum State {
    TEXT,
    ESCAPED,
    /** After ESC and a character such as {@code (}, which announces one more character. */
    DESIGNATING,
    SEQUENCE,
    /** In a sequence that has no meaning here. */
    SKIPPED,
    STRING,
    STRING_ESCAPED
  }

  private final Sink sink;
  private State state = State.TEXT;
  private final StringBuilder designation = new StringBuilder();
  private char prefix;
  private final List<Integer> parameters = new ArrayList<>();
  private int parameter;

  OutputParser(Sink sink) {
    this.sink = sink;
  }

  /** Whether the next printable character is text and not part of a sequence. */
  boolean isInText() {
    return state == State.TEXT;
  }

  void parse(int codePoint) {
    switch (state) {
      case TEXT -> text(codePoint);
      case ESCAPED -> escaped(codePoint);
      case DESIGNATING -> designating(codePoint);
      case SEQUENCE, SKIPPED -> sequence(codePoint);
      case STRING -> string(codePoint);
      case STRING_ESCAPED -> {
        state = State.TEXT;
        // ESC \ ends the string. Any other ESC also ends it, and begins a new sequence.
        if (codePoint != '\\') {
          escaped(codePoint);
        }
      }
    }
  }

  private void text(int codePoint) {
    if (codePoint == ESCAPE) {
      state = State.ESCAPED;
    } else if (codePoint < ' ') {
      sink.control((char) codePoint);
    } else if (codePoint < 0x7f || codePoint >= 0xa0) {
      sink.text(codePoint);
    }
  }

  private void escaped(int codePoint) {
    state = State.TEXT;
    switch (codePoint) {
      case '[' -> {
        state = State.SEQUENCE;
        prefix = 0;
        parameters.clear();
        parameter = 0;
      }
      case ']', 'P', 'X', '^', '_' -> state = State.STRING;
      case ESCAPE -> state = State.ESCAPED;
      default -> {
        if (codePoint >= ' ' && codePoint <= '/') {
          state = State.DESIGNATING;
          designation.setLength(0);
          designation.append((char) codePoint);
        } else if (codePoint < ' ') {
          sink.control((char) codePoint);
        } else if (codePoint < 0x7f) {
          sink.escape(Character.toString(codePoint));
        }
      }
    }
  }

  private void designating(int codePoint) {
    if (interrupts(codePoint)) {
      return;
    }
    if (codePoint >= ' ' && codePoint <= '/') {
      // A longer sequence has no meaning here.
      designation.setLength(0);
    } else {
      state = State.TEXT;
      if (designation.length() == 1 && codePoint < 0x7f) {
        sink.escape(designation.toString() + (char) codePoint);
      }
    }
  }

  private void sequence(int codePoint) {
    if (interrupts(codePoint)) {
      return;
    }
    if (codePoint >= '@' && codePoint <= '~') {
      boolean meant = state == State.SEQUENCE;
      state = State.TEXT;
      if (meant) {
        addParameter();
        sink.sequence(prefix, List.copyOf(parameters), (char) codePoint);
      }
    } else if (codePoint >= '0' && codePoint <= '9') {
      parameter = Math.min(parameter * 10 + codePoint - '0', LARGEST_PARAMETER);
    } else if (codePoint == ';' || codePoint == ':') {
      addParameter();
    } else if (codePoint >= '<' && codePoint <= '?') {
      prefix = (char) codePoint;
    } else {
      state = State.SKIPPED;
    }
  }

  private void addParameter() {
    if (parameters.size() < MOST_PARAMETERS) {
      parameters.add(parameter);
    }
    parameter = 0;
  }

  /** Handles a control character within a sequence: it acts, or it ends the sequence. */
  private boolean interrupts(int codePoint) {
    if (codePoint == ESCAPE) {
      state = State.ESCAPED;
    } else if (codePoint == CANCEL || codePoint == SUBSTITUTE) {
      state = State.TEXT;
    } else if (codePoint < ' ') {
      sink.control((char) codePoint);
    } else {
      return false;
    }
    return true;
  }

  private void string(int codePoint) {
    if (codePoint == ESCAPE) {
      state = State.STRING_ESCAPED;
    } else if (codePoint == BELL || codePoint == CANCEL || codePoint == SUBSTITUTE) {
      state = State.TEXT;
    }
  }
}
