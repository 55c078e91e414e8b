package io.gatehouse.gateway.ssh;

import java.time.Duration;

/** Counts the open channels of a login, and knows since when there are none. */
final class IdleClock {

  // Guarded by this.
  private int openChannels;
  private long lastUsed = System.nanoTime();

  synchronized void channelBegins() {
    openChannels++;
  }

  synchronized void channelEnded() {
    lastUsed = System.nanoTime();
    openChannels--;
  }

  /** Whether there has been no channel for longer than this. */
  synchronized boolean isIdle(Duration limit) {
    return openChannels == 0 && System.nanoTime() - lastUsed > limit.toNanos();
  }
}
