package io.gatehouse.gateway.exec;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the output of one execution on disk, as JSON lines that clients get as they are.
 *
 * <p>The lines are in segments, {@code <id>.0.jsonl} and on. When they are larger together than
 * allowed, the oldest segment goes; entries keep their numbers. Of the first segment the start
 * record stays: it says what ran, and a command must not get rid of it by printing much.
 *
 * <p>One thread at a time writes ({@link #append}, {@link #finish}), any number read ({@link
 * #page}). Writing never fails for the caller, who must go on draining the command: when the disk
 * does, with a warning, what comes then is kept in {@link SpareMemory}, the newest of it.
 */
final class ExecutionLog {

  /** A log is dropped by the eighth: seven eighths of what is allowed are always there. */
  private static final int SEGMENTS = 8;

  /** How many bytes of output are stored with one write. */
  private static final int LARGEST_BATCH = 32 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(ExecutionLog.class);

  private final String id;
  private final Path directory;
  private final long maxSize;
  private final SegmentFiles files;
  private final EntryEncoders encoders;
  private final SpareMemory memory;
  private final Clock clock;
  private final Runnable whenFinished;

  // The writer's own.
  private final ByteBuffer incomplete = ByteBuffer.allocate(EntryEncoder.LONGEST_INCOMPLETE);
  private int nextSegment;
  private long size;
  private long spareSize;
  private boolean diskFailed;
  private boolean finished;

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock, which is never held across I/O; the writer alone changes them, and may
  // therefore look at them without it.
  private final Deque<Segment> segments = new ArrayDeque<>();
  // What came after the disk had failed.
  private final Deque<SpareMemory.Block> spare = new ArrayDeque<>();
  private long entries;

  /**
   * @param maxSize how many bytes may be on disk, beside a start record larger than that
   * @param whenFinished runs once, at the end of {@link #finish}
   */
  ExecutionLog(
      String id,
      Path directory,
      long maxSize,
      SegmentFiles files,
      EntryEncoders encoders,
      SpareMemory memory,
      Clock clock,
      Runnable whenFinished) {
    this.id = id;
    this.directory = directory;
    this.maxSize = maxSize;
    this.files = files;
    this.encoders = encoders;
    this.memory = memory;
    this.clock = clock;
    this.whenFinished = whenFinished;
  }

  /** Creates the first segment with the record of what is started; to be called before all else. */
  void start(String command, String account) {
    try {
      byte[] record = LogRecords.start(command, account, clock.instant());
      addSegment(record);
    } catch (IOException e) {
      leaveDisk(e);
    }
  }

  /** Stores output, as one entry or several; bytes that are no UTF-8 become U+FFFD. */
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
   * @param exitCode empty when nobody knows it
   */
  void finish(OptionalInt exitCode, String status) {
    if (finished) {
      return;
    }
    finished = true;
    try {
      storeIncomplete();
      if (!diskFailed) {
        byte[] record = LogRecords.end(exitCode, status, clock.instant());
        makeRoomFor(record.length);
        segments.getLast().file().write(record);
      }
    } catch (IOException e) {
      leaveDisk(e);
    } finally {
      closeFiles();
      whenFinished.run();
    }
  }

  /**
   * The stored entries from a number on, or the last few of them.
   *
   * @param offset the number of the first entry wanted; beyond the end there is nothing
   * @param tail how many entries are wanted at most, counted from the end
   */
  Page page(long offset, OptionalInt tail) {
    return page(offset, tail, 0);
  }

  /**
   * As {@link #page(long, OptionalInt)}, with some entries before the first that is wanted.
   *
   * @param before at most so many, as far as they are still there
   */
  Page page(long offset, OptionalInt tail, int before) {
    if (offset < 0 || tail.orElse(0) < 0) {
      throw new IllegalArgumentException("offset and tail are not negative");
    }
    lock.lock();
    try {
      long first = tail.isPresent() ? Math.max(offset, entries - tail.getAsInt()) : offset;
      long from = before == 0 ? first : Math.max(0, Math.min(first, entries) - before);
      List<Page.Range> ranges = new ArrayList<>();
      // Wherever some are missing: before the oldest, or between the disk and the memory.
      long missing = Math.max(0, entries - offset);
      for (Segment segment : segments) {
        if (segment.nextEntry() > from) {
          ranges.add(segment.rangeFrom(from));
        }
        missing -= Math.max(0, segment.nextEntry() - Math.max(first, segment.firstEntry()));
      }
      for (SpareMemory.Block block : spare) {
        if (block.nextEntry() > from) {
          ranges.add(block.rangeFrom(from));
        }
        missing -= Math.max(0, block.nextEntry() - Math.max(first, block.firstEntry()));
      }
      return new Page(first, entries, missing > 0, ranges);
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
        storeOnDisk(encoder);
        return;
      } catch (IOException e) {
        leaveDisk(e);
      }
    }
    storeInMemory(encoder);
  }

  private void storeInMemory(EntryEncoder encoder) {
    SpareMemory.Block block = memory.keep(entries, encoder.entries(), encoder.lines());
    spareSize += block.size();
    lock.lock();
    try {
      spare.addLast(block);
      entries += encoder.entries();
      // What other logs have pushed out of the memory goes by the way.
      while (!spare.isEmpty()
          && (spareSize > SpareMemory.MOST_OF_LOG || spare.getFirst().isDropped())) {
        SpareMemory.Block oldest = spare.removeFirst();
        spareSize -= oldest.size();
        memory.drop(oldest);
      }
    } finally {
      lock.unlock();
    }
  }

  private void storeOnDisk(EntryEncoder encoder) throws IOException {
    long length = segments.getLast().length();
    if (length > 0 && length + encoder.size() > maxSize / SEGMENTS) {
      segments.getLast().seal();
      addSegment(new byte[0]);
    }
    makeRoomFor(encoder.size());
    Segment segment = segments.getLast();
    encoder.writeTo(segment.file());
    size += encoder.size();
    lock.lock();
    try {
      segment.extend(encoder.entries(), encoder.size());
      entries += encoder.entries();
    } finally {
      lock.unlock();
    }
  }

  private void addSegment(byte[] header) throws IOException {
    Path path = directory.resolve(id + "." + nextSegment++ + ".jsonl");
    RandomAccessFile file = files.create(path);
    writeHeader(file, header);
    Segment segment = new Segment(path, file, entries, header.length);
    lock.lock();
    try {
      segments.addLast(segment);
    } finally {
      lock.unlock();
    }
  }

  private void writeHeader(RandomAccessFile file, byte[] header) throws IOException {
    try {
      file.write(header);
      size += header.length;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Drops what is oldest until so many bytes fit in; the segment being written stays. */
  private void makeRoomFor(int bytes) throws IOException {
    while (size + bytes > maxSize && segments.size() > 1) {
      Segment oldest = segments.getFirst();
      lock.lock();
      try {
        segments.removeFirst();
      } finally {
        lock.unlock();
      }
      size -= oldest.length();
      oldest.discard();
    }
  }

  private void leaveDisk(IOException reason) {
    LOG.warn("execution {}: its output is kept in memory from here on: {}", id, reason.toString());
    diskFailed = true;
    try {
      if (!segments.isEmpty()) {
        segments.getLast().cutToEntries();
      }
    } catch (IOException e) {
      LOG.debug("execution {}: the last line stays incomplete: {}", id, e.toString());
    }
  }

  private void closeFiles() {
    for (Segment segment : segments) {
      try {
        segment.file().close();
      } catch (IOException e) {
        LOG.warn("execution {}: closing its log: {}", id, e.toString());
      }
    }
  }
}
