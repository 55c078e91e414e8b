package io.gatehouse.gateway.exec;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Lends encoders to the logs that are being written at this moment, so that executions without
 * output hold no buffers, and short executions share the buffers that were used before.
 */
final class EntryEncoders {

  /**
   * The idle encoders that are kept, about one for each processor. More encoders rarely work at the
   * same time, only while some wait for the disk.
   */
  private final ArrayBlockingQueue<EntryEncoder> idle =
      new ArrayBlockingQueue<>(Math.max(2, Runtime.getRuntime().availableProcessors()));

  EntryEncoder borrow() throws IOException {
    Optional<EntryEncoder> encoder = Optional.ofNullable(idle.poll());
    return encoder.isPresent() ? encoder.get() : new EntryEncoder();
  }

  void giveBack(EntryEncoder encoder) {
    boolean unused = idle.offer(encoder); // if the queue is full, the encoder is not kept
  }
}
