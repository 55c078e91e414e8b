package io.gatehouse.gateway.screen;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.gatehouse.fuzz.Bounded;
import io.gatehouse.gateway.session.WindowSize;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Fuzzes the screen that turns the output of a program into text. */
public final class ScreenFuzzer {

  private static final int LARGEST_SIDE = 200;
  private static final int LONGEST_TEXT = 10_000;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private ScreenFuzzer() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) throws Exception {
    Bounded.run(() -> tryWith(data));
  }

  private static void tryWith(FuzzedDataProvider data) {
    WindowSize size =
        new WindowSize(data.consumeInt(1, LARGEST_SIDE), data.consumeInt(1, LARGEST_SIDE));
    Screen screen = new Screen(size);
    boolean resized = data.consumeBoolean();
    byte[] output = data.consumeRemainingAsBytes();
    int half = resized ? output.length / 2 : output.length;
    screen.write(ByteBuffer.wrap(output, 0, half), LIMIT);
    if (resized) {
      screen.resize(WindowSize.DEFAULT);
      screen.write(ByteBuffer.wrap(output, half, output.length - half), LIMIT);
    }
    String text = screen.text(LONGEST_TEXT);
    if (text.indexOf('\u001b') >= 0) {
      throw new AssertionError("the text has an escape sequence");
    }
  }
}
