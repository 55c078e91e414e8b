package io.gatehouse.gateway.exec;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Lends encoders to the logs that are being written at this moment, so that a thousand quiet
 * executions hold no buffers and a short one finds warm ones.
 */
final class EntryEncoders {

  /**
   * Idle encoders that are kept. No more than one for each processor can work at a time, except
   * while some wait for the disk.
   */
  private final ArrayBlockingQueue<EntryEncoder> idle =
      new ArrayBlockingQueue<>(Math.max(2, Runtime.getRuntime().availableProcessors()));

  EntryEncoder borrow() throws IOException {
    Optional<EntryEncoder> encoder = Optional.ofNullable(idle.poll());
    return encoder.isPresent() ? encoder.get() : new EntryEncoder();
  }

  void giveBack(EntryEncoder encoder) {
    boolean unused = idle.offer(encoder); // if there is no room, the encoder is garbage
  }
}
