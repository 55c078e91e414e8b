package io.gatehouse.gateway.ssh;

import java.time.Duration;

/** Counts the open channels of a login, and measures the time since the last one ended. */
final class IdleClock {

  // Guarded by the lock of this object.
  private int openChannels;
  private long lastUsed = System.nanoTime();

  synchronized void channelBegins() {
    openChannels++;
  }

  synchronized void channelEnded() {
    lastUsed = System.nanoTime();
    openChannels--;
  }

  /** Whether there has been no open channel for longer than the limit. */
  synchronized boolean isIdle(Duration limit) {
    return openChannels == 0 && System.nanoTime() - lastUsed > limit.toNanos();
  }
}
