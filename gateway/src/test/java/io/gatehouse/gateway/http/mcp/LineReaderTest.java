package io.gatehouse.gateway.http.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.session.BudgetException;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.MemoryBudget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LineReaderTest {

  private final MemoryBudget memory = new MemoryBudget(1 << 20, 200_000);

  private static LineReader reader(String text, long longest) {
    return new LineReader(
        Channels.newChannel(new ByteArrayInputStream(text.getBytes(UTF_8))), longest);
  }

  private List<String> all(LineReader reader) throws IOException {
    List<String> lines = new ArrayList<>();
    while (true) {
      try (Lease held = memory.lease("alice")) {
        HeldOutput line = new HeldOutput(held);
        if (!reader.read(line)) {
          return lines;
        }
        lines.add(new String(line.stream().readAllBytes(), UTF_8));
      }
    }
  }

  @Test
  void readsLinesOfAllLengthsAndTheLastWithoutItsEnd() throws IOException {
    String large = "\u00e4".repeat(40_000);

    assertThat(all(reader("one\n\n" + large + "\nlast", 100_000)))
        .containsExactly("one", "", large, "last");
    assertThat(all(reader("", 10))).isEmpty();
    assertThat(all(reader("\n", 10))).containsExactly("");
  }

  @Test
  void goesOnWithTheNextLineAfterOneThatIsTooLong() throws IOException {
    LineReader reader = reader("x".repeat(20_001) + "\nnext\n", 20_000);
    try (Lease held = memory.lease("alice")) {
      HeldOutput line = new HeldOutput(held);

      assertThatThrownBy(() -> reader.read(line))
          .isInstanceOf(RefusedException.class)
          .hasMessage("A message must have at most 20000 bytes");
      assertThat(held.held()).isZero();
    }
    assertThat(all(reader)).containsExactly("next");
    assertThat(memory.taken()).isZero();
  }

  @Test
  void goesOnWithTheNextLineAfterOneThatNoMemoryIsLeftFor() throws IOException {
    LineReader reader = reader("x".repeat(500_000) + "\nnext\n", 1_000_000);
    try (Lease held = memory.lease("alice")) {
      HeldOutput line = new HeldOutput(held);

      assertThatThrownBy(() -> reader.read(line)).isInstanceOf(BudgetException.class);
    }
    assertThat(all(reader)).containsExactly("next");
    assertThat(memory.taken()).isZero();
  }

  /** A client that sends without end costs no more memory than the longest line. */
  @Test
  void keepsNothingOfALineWithoutEnd() {
    LineReader reader = reader("x".repeat(3_000_000), 10_000);
    try (Lease held = memory.lease("alice")) {
      HeldOutput line = new HeldOutput(held);

      assertThat(thatReads(reader, line)).isFalse();
      assertThat(held.held()).isZero();
    }
  }

  private static boolean thatReads(LineReader reader, HeldOutput line) {
    try {
      return reader.read(line);
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
