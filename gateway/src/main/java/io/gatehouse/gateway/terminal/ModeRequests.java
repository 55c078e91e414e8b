package io.gatehouse.gateway.terminal;

import java.io.ByteArrayOutputStream;

/**
 * Removes requests for the state of a mode (DECRQM: {@code CSI ? 2026 $ p}) from a terminal's
 * output.
 *
 * <p>The terminal in the page of Open WebUI 0.12.4 shows nothing more after such a request: its
 * build of xterm.js throws a ReferenceError there. Vim sends such a request when it starts. Most
 * terminals do not answer these requests, so programs do not wait for an answer.
 */
final class ModeRequests {

  private static final int ESCAPE = 0x1b;

  /**
   * The most bytes of a request. A real request has about ten. A longer sequence is passed on
   * unchanged.
   */
  private static final int LONGEST = 32;

  /** Bytes that may be the beginning of a request; the next byte decides. */
  private final byte[] held = new byte[LONGEST];

  private int heldLength;

  /**
   * Returns the output without requests. The last bytes are kept for the next call if they may be
   * the beginning of a request. That delays no text, because a screen shows nothing for such bytes.
   */
  byte[] remove(byte[] output, int count) {
    ByteArrayOutputStream passed = new ByteArrayOutputStream(count + heldLength);
    int next = 0;
    while (next < count) {
      if (heldLength == 0) {
        int escape = indexOfEscape(output, next, count);
        passed.write(output, next, escape - next);
        next = escape;
      }
      if (next < count) {
        take(output[next], passed);
        next++;
      }
    }
    return passed.toByteArray();
  }

  private static int indexOfEscape(byte[] output, int from, int to) {
    int index = from;
    while (index < to && output[index] != ESCAPE) {
      index++;
    }
    return index;
  }

  private void take(byte next, ByteArrayOutputStream passed) {
    if (heldLength > 0 && isEnd(next)) {
      heldLength = 0;
      return;
    }
    if (heldLength == LONGEST || !continues(next)) {
      passed.write(held, 0, heldLength);
      heldLength = 0;
      if (next != ESCAPE) {
        passed.write(next);
        return;
      }
    }
    held[heldLength] = next;
    heldLength++;
  }

  private boolean isEnd(byte next) {
    return next == 'p' && held[heldLength - 1] == '$';
  }

  /** Whether the held bytes and this one are the beginning of a request. */
  private boolean continues(byte next) {
    return switch (heldLength) {
      case 0 -> next == ESCAPE;
      case 1 -> next == '[';
      default ->
          held[heldLength - 1] != '$'
              && ((next >= '0' && next <= '9')
                  || next == ';'
                  || next == '$'
                  || (next == '?' && heldLength == 2));
    };
  }
}
