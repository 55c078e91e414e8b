package io.gatehouse.gateway.terminal;

import io.gatehouse.gateway.screen.Screen;
import io.gatehouse.gateway.session.WindowSize;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the output of a terminal readable, by showing it on a screen in memory. */
record ReadableReplay(Replay replay) {

  private static final Logger LOG = LoggerFactory.getLogger(ReadableReplay.class);

  /**
   * The time limit for making the output readable. Output of real programs takes a hundredth of
   * this time.
   */
  private static final Duration EMULATION_LIMIT = Duration.ofSeconds(2);

  /** Bytes of output that are enough to draw a whole screen. */
  private static final int SHORT_END = 8 * 1024;

  /**
   * The text that a person can read on the terminal, from the oldest output that is kept.
   *
   * @param bytes the most bytes of the text; older lines are left out
   */
  String text(int bytes) {
    List<Replay.Part> parts = replay.parts();
    Screen screen = new Screen(parts.getFirst().size());
    long deadline = System.nanoTime() + EMULATION_LIMIT.toNanos();
    for (Replay.Part part : parts) {
      screen.resize(part.size());
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (!screen.write(part.output(), left)) {
        return end(parts.getLast().size(), bytes);
      }
    }
    return screen.text(bytes);
  }

  /**
   * The text of only the end of the output, for output that moves whole screens: showing all of it
   * would take too long.
   */
  private String end(WindowSize lastSize, int bytes) {
    Screen screen = new Screen(lastSize);
    if (!screen.write(ByteBuffer.wrap(replay.last(SHORT_END)), EMULATION_LIMIT)) {
      LOG.warn("only a part of a terminal's output is shown, because all of it takes too long");
    }
    return screen.text(bytes);
  }
}
