package io.gatehouse.gateway.terminal;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.gatehouse.fuzz.Bounded;
import io.gatehouse.gateway.session.WindowSize;

/**
 * Gives a replay the output of a terminal in pieces of any size, changes the size of the terminal
 * in between, and shows the output again.
 */
public final class ReplayFuzzer {

  private static final int LONGEST_PIECE = 4096;
  private static final int MOST_PIECES = 200;
  private static final int LARGEST_SIDE = 500;

  private ReplayFuzzer() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) throws Exception {
    Bounded.run(() -> tryWith(data));
  }

  private static void tryWith(FuzzedDataProvider data) {
    Replay replay = new Replay();
    Modes modes = new Modes();
    long written = 0;
    for (int i = 0; i < MOST_PIECES && data.remainingBytes() > 0; i++) {
      if (data.consumeBoolean()) {
        byte[] piece = data.consumeBytes(LONGEST_PIECE);
        replay.append(piece, 0, piece.length);
        modes.follow(piece, 0, piece.length);
        written += piece.length;
      } else {
        replay.resize(
            new WindowSize(data.consumeInt(1, LARGEST_SIDE), data.consumeInt(1, LARGEST_SIDE)));
      }
    }
    int shown = replay.parts().stream().mapToInt(part -> part.output().remaining()).sum();
    int most = Math.toIntExact(written) + modes.sequences().length + LONGEST_PIECE;
    if (shown > most || replay.snapshot().length > most || replay.last(10).length > most) {
      throw new AssertionError("more is shown again than was written");
    }
  }
}
