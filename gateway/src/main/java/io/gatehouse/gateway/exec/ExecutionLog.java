package io.gatehouse.gateway.exec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the output of one execution on disk, as JSON lines that clients get as they are.
 *
 * <p>The lines are in {@link LogSegments}, of which the oldest are dropped when there are too many;
 * the other entries keep their numbers. The start record of the first segment always stays: it says
 * what ran, and a command must not get rid of it by printing much.
 *
 * <p>One thread at a time writes ({@link #append}, {@link #finish}), any number read ({@link
 * #page}). Writing never fails for the caller, who must go on reading the command's output. When
 * the disk fails, the log says so in a warning and keeps the newest of the further output in {@link
 * SpareOutput}.
 */
final class ExecutionLog {

  /** How many bytes of output are stored with one write. */
  private static final int LARGEST_BATCH = 32 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(ExecutionLog.class);

  private final String id;
  private final LogSegments segments;
  private final SpareOutput spare;
  private final EntryEncoders encoders;
  private final Clock clock;
  private final Runnable whenFinished;

  // Only the writer uses these.
  private final ByteBuffer incomplete = ByteBuffer.allocate(EntryEncoder.LONGEST_INCOMPLETE);
  private boolean diskFailed;
  private boolean finished;

  /** Guards what is stored on disk and in memory, and is never held across I/O. */
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * @param account the account whose command it is
   * @param whenFinished runs once, at the end of {@link #finish}
   */
  ExecutionLog(
      String id,
      String account,
      LogDisk disk,
      EntryEncoders encoders,
      SpareMemory memory,
      Clock clock,
      Runnable whenFinished) {
    this.id = id;
    this.segments = new LogSegments(id, account, disk, lock);
    this.spare = new SpareOutput(memory, lock);
    this.encoders = encoders;
    this.clock = clock;
    this.whenFinished = whenFinished;
  }

  /**
   * Creates the first segment with the record of the command that is started. Must be called before
   * all other methods.
   */
  void start(String command, String account) {
    try {
      segments.add(LogRecords.start(command, account, clock.instant()));
    } catch (IOException e) {
      leaveDisk(e);
    }
  }

  /** Stores output, as one entry or several; bytes that are not UTF-8 become U+FFFD. */
  void append(byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (finished) {
      return;
    }
    try {
      EntryEncoder encoder = encoders.borrow();
      for (int done = 0; done < length; done += LARGEST_BATCH) {
        int batch = Math.min(LARGEST_BATCH, length - done);
        encoder.encode(incomplete, buffer, offset + done, batch);
        store(encoder);
      }
      encoders.giveBack(encoder);
    } catch (IOException impossible) {
      throw new UncheckedIOException("an encoder writes to memory", impossible);
    }
  }

  /**
   * Ends the log with the record of how the execution ended; further calls do nothing.
   *
   * @param exitCode empty if it is not known
   */
  void finish(OptionalInt exitCode, String status) {
    if (finished) {
      return;
    }
    finished = true;
    try {
      storeIncomplete();
      if (!diskFailed) {
        segments.writeLast(LogRecords.end(exitCode, status, clock.instant()));
      }
    } catch (IOException e) {
      leaveDisk(e);
    } finally {
      segments.end(clock.instant());
      whenFinished.run();
    }
  }

  /**
   * The stored entries from a number on, or the last few of them.
   *
   * @param offset the number of the first entry wanted; the page is empty if it is beyond the end
   * @param tail if given, only so many of the last entries are wanted
   */
  Page page(long offset, OptionalInt tail) {
    return page(offset, tail, 0);
  }

  /**
   * The same page as {@link #page(long, OptionalInt)}, with some entries before the first one
   * wanted.
   *
   * @param before how many entries before it to add, if they were not dropped
   */
  Page page(long offset, OptionalInt tail, int before) {
    if (offset < 0 || tail.orElse(0) < 0) {
      throw new IllegalArgumentException("offset and tail are not negative");
    }
    lock.lock();
    try {
      PageRanges wanted = new PageRanges(offset, tail, before, entries());
      segments.addTo(wanted);
      spare.addTo(wanted);
      return wanted.page();
    } finally {
      lock.unlock();
    }
  }

  private void storeIncomplete() throws IOException {
    EntryEncoder encoder = encoders.borrow();
    encoder.encodeRest(incomplete);
    store(encoder);
    encoders.giveBack(encoder);
  }

  private void store(EntryEncoder encoder) {
    if (encoder.entries() == 0) {
      return;
    }
    if (!diskFailed) {
      try {
        segments.write(encoder);
        return;
      } catch (IOException e) {
        leaveDisk(e);
      }
    }
    spare.keep(entries(), encoder);
  }

  /** The number of all entries so far. */
  private long entries() {
    return Math.max(segments.entries(), spare.nextEntry());
  }

  private void leaveDisk(IOException reason) {
    LOG.warn("execution {}: its output is kept in memory from here on: {}", id, reason.toString());
    diskFailed = true;
    try {
      segments.cutToEntries();
    } catch (IOException e) {
      LOG.debug("execution {}: the last line stays incomplete: {}", id, e.toString());
    }
  }
}
