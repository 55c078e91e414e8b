package io.gatehouse.gateway.exec;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.gatehouse.fuzz.Bounded;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Fuzzes the escapes in the input of a command, and the record of its output. */
public final class InputEscapesFuzzer {

  private static final int LONGEST_INPUT = 64 * 1024;

  private InputEscapesFuzzer() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) throws Exception {
    Bounded.run(() -> tryWith(data));
  }

  private static void tryWith(FuzzedDataProvider data) throws IOException {
    String typed = data.consumeString(LONGEST_INPUT);
    if (InputEscapes.unescape(typed).length() > typed.length()) {
      throw new AssertionError("an escape became longer");
    }
    EntryEncoder encoder = new EntryEncoder();
    ByteBuffer incomplete = ByteBuffer.allocate(EntryEncoder.LONGEST_INCOMPLETE);
    byte[] output = data.consumeRemainingAsBytes();
    int half = output.length / 2;
    encoder.encode(incomplete, output, 0, half);
    encoder.encode(incomplete, output, half, output.length - half);
    encoder.encodeRest(incomplete);
    encoder.lines();
  }
}
