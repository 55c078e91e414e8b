package io.gatehouse.gateway.terminal;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The modes that programs have switched a terminal to: full screen, cursor keys, mouse, pasting.
 *
 * <p>A program switches modes once, at its start. A viewer that gets only the end of the output
 * needs these modes too: otherwise the program's keys do not work, and its screen is drawn over the
 * shell's.
 */
final class Modes {

  private static final int ESCAPE = 0x1b;

  /** The most bytes of a control sequence's parameters. A longer sequence sets no mode. */
  private static final int LONGEST_PARAMETERS = 64;

  /**
   * The most private modes that are kept. Terminals know about thirty; a program may make up more.
   */
  private static final int MOST_MODES = 64;

  private enum State {
    TEXT,
    ESCAPED,
    SEQUENCE
  }

  private final Map<String, Boolean> privateModes = new LinkedHashMap<>();
  private final StringBuilder parameters = new StringBuilder();
  private State state = State.TEXT;
  private boolean applicationKeypad;

  Modes() {}

  /** A copy that is independent of the original. */
  Modes(Modes other) {
    privateModes.putAll(other.privateModes);
    parameters.append(other.parameters);
    state = other.state;
    applicationKeypad = other.applicationKeypad;
  }

  /** Follows more output. */
  void follow(byte[] output, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      // Text is skipped here, because most bytes are text and this is faster.
      if (state != State.TEXT || output[i] == ESCAPE) {
        follow(output[i]);
      }
    }
  }

  /** Follows one more byte of output. */
  void follow(byte value) {
    switch (state) {
      case TEXT -> state = value == ESCAPE ? State.ESCAPED : State.TEXT;
      case ESCAPED -> escaped(value);
      case SEQUENCE -> sequence(value);
    }
  }

  /** Whether the next byte is not part of a sequence that has begun. */
  boolean betweenSequences() {
    return state == State.TEXT;
  }

  private void escaped(byte value) {
    state = value == ESCAPE ? State.ESCAPED : State.TEXT;
    switch (value) {
      case '[' -> {
        state = State.SEQUENCE;
        parameters.setLength(0);
      }
      case '=' -> applicationKeypad = true;
      case '>' -> applicationKeypad = false;
      case 'c' -> reset();
      default -> {}
    }
  }

  private void sequence(byte value) {
    boolean isFinal = value >= 0x40 && value <= 0x7e;
    if (isFinal) {
      state = State.TEXT;
      ended(value);
    } else if (value == ESCAPE) {
      state = State.ESCAPED;
    } else if (parameters.length() < LONGEST_PARAMETERS) {
      parameters.append((char) (value & 0xff));
    }
  }

  private void ended(byte command) {
    String given = parameters.toString();
    if (command == 'p' && given.equals("!")) {
      reset();
    } else if ((command == 'h' || command == 'l') && given.matches("\\?[0-9]{1,5}(;[0-9]{1,5})*")) {
      for (String mode : given.substring(1).split(";", -1)) {
        set(mode, command == 'h');
      }
    }
  }

  private void set(String mode, boolean on) {
    if (privateModes.remove(mode) != null || privateModes.size() < MOST_MODES) {
      privateModes.put(mode, on);
    }
  }

  private void reset() {
    privateModes.clear();
    applicationKeypad = false;
  }

  /** The sequences that switch a fresh terminal to these modes. */
  byte[] sequences() {
    StringBuilder all = new StringBuilder();
    privateModes.forEach((mode, on) -> all.append("\u001b[?").append(mode).append(on ? 'h' : 'l'));
    if (applicationKeypad) {
      all.append("\u001b=");
    }
    return all.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
