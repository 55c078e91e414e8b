package io.gatehouse.gateway.terminal;

import java.io.ByteArrayOutputStream;

/**
 * Takes requests for the state of a mode (DECRQM: {@code CSI ? 2026 $ p}) out of a terminal's
 * output as it flows by.
 *
 * <p>The terminal in the page of Open WebUI 0.12.4 shows nothing more after such a request: its
 * build of xterm.js throws a ReferenceError there. Vim sends one when it starts. Most terminals do
 * not answer these requests, so programs do not wait for an answer.
 */
final class ModeRequests {

  private static final int ESCAPE = 0x1b;

  /** Bytes of a request; a real one has some ten. A longer sequence passes as it is. */
  private static final int LONGEST = 32;

  /** What may be the beginning of a request, until the next byte says so. */
  private final byte[] held = new byte[LONGEST];

  private int heldLength;

  /**
   * Returns the output without requests. Its last bytes are kept for the next call where they may
   * be the beginning of a request; a screen shows nothing for such bytes either.
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

  /** Whether what is held and this byte are the beginning of a request. */
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
