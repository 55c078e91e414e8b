package io.gatehouse.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Fails if one input takes too much time or memory.
 *
 * <p>It counts processor time, so that a busy machine causes no false findings.
 */
public final class Bounded {

  private static final Duration MOST_TIME = Duration.ofSeconds(1);
  private static final long MOST_BYTES = 100_000_000;

  /**
   * The number of first inputs whose time is not checked, because it includes the loading of
   * classes.
   */
  private static final int WARMING_UP = 50;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static int inputs;

  private Bounded() {}

  /** The code that is run with an input. */
  @FunctionalInterface
  public interface Trial {
    void run() throws Exception;
  }

  /** Runs the trial in this thread. */
  public static void run(Trial trial) throws Exception {
    long begin = THREADS.getCurrentThreadCpuTime();
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    trial.run();
    long time = THREADS.getCurrentThreadCpuTime() - begin;
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - allocated;
    if (inputs++ < WARMING_UP) {
      return;
    }
    if (time > MOST_TIME.toNanos() || bytes > MOST_BYTES) {
      throw new AssertionError(
          "one input takes " + Duration.ofNanos(time) + " and allocates " + bytes + " bytes");
    }
  }
}
