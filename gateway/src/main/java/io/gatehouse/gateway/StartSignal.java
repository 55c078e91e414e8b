package io.gatehouse.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits until keys, folders and sshd are there. The script that starts the gateway prepares them
 * while the JVM loads the program, and then writes a byte to the gateway's standard input.
 */
final class StartSignal {

  /** The argument of the program with which it waits. */
  static final String ARGUMENT = "wait";

  /** Longer than any preparation takes; a volume with many files may need minutes. */
  static final Duration LIMIT = Duration.ofMinutes(10);

  private final InputStream input;
  private final Duration limit;

  StartSignal(InputStream input, Duration limit) {
    this.input = input;
    this.limit = limit;
  }

  /**
   * Waits for the signal.
   *
   * @return false if it will not come, because the script has ended or the limit is over
   */
  boolean await() throws InterruptedException {
    FutureTask<Boolean> signal = new FutureTask<>(this::read);
    Thread.ofPlatform().name("start signal").daemon().start(signal);
    try {
      return signal.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException noSignal) {
      return false;
    }
  }

  private boolean read() throws IOException {
    return input.read() >= 0;
  }
}
