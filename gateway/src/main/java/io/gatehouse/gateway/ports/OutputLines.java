package io.gatehouse.gateway.ports;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Reads the lines of a program's output. */
final class OutputLines {

  private OutputLines() {}

  /**
   * Reads the output to its end, but not more than some bytes, and then makes lines of it.
   *
   * @param most the most bytes that are read
   */
  static Stream<String> read(InputStream output, int most) throws IOException {
    byte[] bytes = output.readNBytes(most);
    return new BufferedReader(
            new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8))
        .lines();
  }
}
