package io.gatehouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StartSignalTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final PipedInputStream input = new PipedInputStream();

  @Test
  void comesAsAByte() throws IOException, InterruptedException {
    try (PipedOutputStream script = new PipedOutputStream(input)) {
      script.write('\n');
      assertThat(new StartSignal(input, LONG).await()).isTrue();
    }
  }

  @Test
  void doesNotComeFromAScriptThatHasEnded() throws IOException, InterruptedException {
    new PipedOutputStream(input).close();
    assertThat(new StartSignal(input, LONG).await()).isFalse();
  }

  @Test
  void isAwaitedNoLongerThanTheLimit() throws IOException, InterruptedException {
    try (PipedOutputStream script = new PipedOutputStream(input)) {
      assertThat(new StartSignal(input, Duration.ofMillis(50)).await()).isFalse();
      script.write('\n');
    }
  }
}
