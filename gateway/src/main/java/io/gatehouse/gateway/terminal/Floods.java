package io.gatehouse.gateway.terminal;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Holds back terminals that print without end, if there are many of them, so that keys typed into
 * other terminals are echoed at once.
 *
 * <p>As many terminals as the machine has processors may flood as fast as they are read. If more
 * flood, their users share {@link #SHARED_RATE} equally, and each user's terminals share the user's
 * part. What follows a typed key is not held back, so that the end of a flood is seen soon after
 * Ctrl-C.
 */
final class Floods {

  /**
   * Bytes a second, for each processor, that all floods show together. One user's sixteen floods on
   * two processors then show 400 lines a second each, which nobody can read. With more, keys typed
   * into other terminals wait longer (bench/README.md).
   */
  static final int SHARED_RATE = 256 * 1024;

  /**
   * The bytes that are not held back, at the beginning of a flood and after a typed key. It is what
   * can be on its way in the SSH window when a program is ended.
   */
  static final int FREE = 512 * 1024;

  /** A read of this many bytes counts as a flood: the kernel hands out 4 KiB at a time. */
  private static final int LARGE_READ = 2 * 1024;

  /**
   * How long a flood is collected into larger frames, which is a seventh faster. With a much longer
   * time, the client would wait for output.
   */
  private static final Duration GATHERING = Duration.ofNanos(300_000);

  /** The most bytes of a frame of a terminal that is held back, so that its output flows evenly. */
  private static final int HELD_FRAME = 16 * 1024;

  /** How long a terminal counts as flooding after its last large read. */
  private static final Duration RECENT = Duration.ofSeconds(1);

  /** The longest time that a terminal is held back after a frame. */
  private static final Duration LONGEST_REST = Duration.ofMillis(500);

  private final int processors;
  private final LongSupplier nanoTime;
  private final Set<Flood> flooding = ConcurrentHashMap.newKeySet();

  Floods() {
    this(Runtime.getRuntime().availableProcessors(), System::nanoTime);
  }

  /**
   * @param nanoTime the clock, as {@link System#nanoTime}
   */
  Floods(int processors, LongSupplier nanoTime) {
    this.processors = processors;
    this.nanoTime = nanoTime;
  }

  /** The output of a terminal of a user. */
  Flood of(String user) {
    return new Flood(user);
  }

  /** Bytes a second for each flood of a user; {@link Long#MAX_VALUE} if there are few floods. */
  private long rate(String user, long now) {
    flooding.removeIf(flood -> !flood.isRecent(now));
    if (flooding.size() <= processors) {
      return Long.MAX_VALUE;
    }
    long users = flooding.stream().map(flood -> flood.user).distinct().count();
    long own = flooding.stream().filter(flood -> flood.user.equals(user)).count();
    return (long) SHARED_RATE * processors / (Math.max(users, 1) * Math.max(own, 1));
  }

  /** The output of one terminal. One thread reads and rests; any thread may type. */
  final class Flood {

    private final String user;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition typed = lock.newCondition();
    private volatile long lastLarge = nanoTime.getAsLong() - RECENT.toNanos();
    private final AtomicLong shown = new AtomicLong();
    private Duration rest = Duration.ZERO;

    private Flood(String user) {
      this.user = user;
    }

    private boolean isRecent(long now) {
      return now - lastLarge < RECENT.toNanos();
    }

    /** Reads the next frame; returns -1 at the end of the output. */
    int read(InputStream output, byte[] frame) throws IOException {
      int most = rest.isZero() ? frame.length : Math.min(HELD_FRAME, frame.length);
      int count = output.read(frame, 0, most);
      if (count >= LARGE_READ) {
        LockSupport.parkNanos(GATHERING.toNanos());
        while (count < most && output.available() > 0) {
          count += Math.max(output.read(frame, count, most - count), 0);
        }
      }
      rest = restAfter(count);
      return count;
    }

    /** How long the terminal is held back after a read of this many bytes. */
    Duration restAfter(int count) {
      if (count < LARGE_READ) {
        return Duration.ZERO;
      }
      long now = nanoTime.getAsLong();
      if (!isRecent(now)) {
        shown.set(0);
      }
      lastLarge = now;
      flooding.add(this);
      long rate = rate(user, now);
      if (shown.addAndGet(count) <= FREE || rate == Long.MAX_VALUE) {
        return Duration.ZERO;
      }
      Duration needed = Duration.ofNanos(count * TimeUnit.SECONDS.toNanos(1) / rate);
      return needed.compareTo(LONGEST_REST) < 0 ? needed : LONGEST_REST;
    }

    /** Holds the terminal back after its frame was shown. */
    void rest() {
      lock.lock();
      try {
        long left = rest.toNanos();
        while (left > 0 && shown.get() > FREE) {
          left = typed.awaitNanos(left);
        }
      } catch (InterruptedException interruption) {
        Thread.currentThread().interrupt();
      } finally {
        lock.unlock();
      }
    }

    /** Notes that somebody types into the terminal, and ends its rest. */
    void type() {
      shown.set(0);
      lock.lock();
      try {
        typed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
