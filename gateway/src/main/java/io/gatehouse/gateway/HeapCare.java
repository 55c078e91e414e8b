package io.gatehouse.gateway;

import io.gatehouse.gateway.schedule.RepeatedTask;
import java.time.Duration;

/**
 * Keeps the JVM from taking more memory than the gateway needs.
 *
 * <p>The serial collector collects the old part of the heap only when the heap has reached its
 * limit, which is two fifths of the machine's memory, and gives memory back only then. So this
 * class asks for a collection of the whole heap when the gateway rests, and when much has come
 * together since the last one. With what the gateway usually keeps, it takes 30 to 60 ms.
 */
final class HeapCare implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(10);

  /** What the gateway allocates at most between two looks if no user does anything. */
  static final long RESTING = 2L << 20;

  /** A collection while the gateway rests must be able to free more than this. */
  static final long WORTHWHILE = 12L << 20;

  /** A collection while the gateway works must be able to free more than this. */
  static final long MUCH = 64L << 20;

  /** The heap of a JVM. */
  interface Heap {

    /** The bytes of all objects, also of those that are not in use any more. */
    long used();

    /** Frees all objects that are not in use any more. */
    void collect();
  }

  private final Heap heap;
  private final RepeatedTask looks = new RepeatedTask("heap");

  // Used only by one look at a time.
  private long before;
  private long kept;

  HeapCare(Heap heap) {
    this.heap = heap;
  }

  /** Begins to look after the heap of this JVM. */
  static HeapCare begin() {
    HeapCare care = new HeapCare(new OwnHeap());
    care.looks.begin(PAUSE, PAUSE, care::look);
    return care;
  }

  /**
   * Asks for a collection if it is due. It is due while the gateway works if more has come together
   * than is kept: so even a large heap spends only a small part of its time on this.
   */
  void look() {
    long used = heap.used();
    long gathered = used - kept;
    // A collection of the young generation between two looks makes this difference negative.
    boolean resting = used >= before && used - before < RESTING;
    if (resting ? gathered > WORTHWHILE : gathered > Math.max(MUCH, kept)) {
      heap.collect();
      used = heap.used();
      kept = used;
    }
    before = used;
  }

  @Override
  public void close() {
    looks.close();
  }

  private static final class OwnHeap implements Heap {

    private final Runtime runtime = Runtime.getRuntime();

    @Override
    public long used() {
      return runtime.totalMemory() - runtime.freeMemory();
    }

    @Override
    public void collect() {
      System.gc();
    }
  }
}
