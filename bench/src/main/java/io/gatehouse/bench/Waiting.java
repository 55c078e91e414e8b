package io.gatehouse.bench;

import java.time.Duration;

/** Pauses the calling thread. */
public final class Waiting {

  private Waiting() {}

  public static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
  }
}
