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
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the output of one execution on disk, as JSON lines that clients get as they are.
 *
 * <p>The lines are in segments, {@code <id>.0.jsonl} and on. When the segments together are larger
 * than allowed, the oldest is dropped; the other entries keep their numbers. The start record of
 * the first segment always stays: it says what ran, and a command must not get rid of it by
 * printing much.
 *
 * <p>One thread at a time writes ({@link #append}, {@link #finish}), any number read ({@link
 * #page}). Writing never fails for the caller, who must go on reading the command's output. When
 * the disk fails, the log says so in a warning and keeps the newest of the further output in {@link
 * SpareMemory}.
 */
final class ExecutionLog {

  /** How many bytes of output are stored with one write. */
  private static final int LARGEST_BATCH = 32 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(ExecutionLog.class);

  private final String id;
  private final LogDisk disk;
  private final LogSpace.Log onDisk;
  private final EntryEncoders encoders;
  private final SpareMemory memory;
  private final Clock clock;
  private final Runnable whenFinished;

  // Only the writer uses these.
  private final ByteBuffer incomplete = ByteBuffer.allocate(EntryEncoder.LONGEST_INCOMPLETE);
  private int nextSegment;
  private long spareSize;
  private boolean diskFailed;
  private boolean finished;

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock, which is never held across I/O. Other logs' writers drop the oldest segment
  // to make room, but never the last.
  private final Deque<Segment> segments = new ArrayDeque<>();
  private int firstSegment;
  private long size;
  private boolean ended;

  // Output that came after the disk had failed. Also guarded by lock; only the writer changes these
  // fields, so it may read them without the lock.
  private final Deque<SpareMemory.Block> spare = new ArrayDeque<>();
  private long entries;

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
    this.disk = disk;
    this.onDisk = disk.space().begin(account, id, this::dropOldest);
    this.encoders = encoders;
    this.memory = memory;
    this.clock = clock;
    this.whenFinished = whenFinished;
  }

  /**
   * Creates the first segment with the record of the command that is started. Must be called before
   * all other methods.
   */
  void start(String command, String account) {
    try {
      byte[] record = LogRecords.start(command, account, clock.instant());
      addSegment(record);
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
        byte[] record = LogRecords.end(exitCode, status, clock.instant());
        makeRoomFor(record.length);
        onDisk.add(record.length, 0);
        last().file().write(record);
      }
    } catch (IOException e) {
      leaveDisk(e);
    } finally {
      // The task that removes the files later must not keep this log and its index in memory.
      LogFiles left = lastFiles();
      closeFiles();
      onDisk.end(clock.instant(), left::remove);
      whenFinished.run();
    }
  }

  /** The files that are left. The log has ended, so no segment is dropped any more. */
  private LogFiles lastFiles() {
    lock.lock();
    try {
      ended = true;
      return new LogFiles(disk.directory(), id, firstSegment, nextSegment);
    } finally {
      lock.unlock();
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
      long first = tail.isPresent() ? Math.max(offset, entries - tail.getAsInt()) : offset;
      long from = before == 0 ? first : Math.max(0, Math.min(first, entries) - before);
      List<Page.Range> ranges = new ArrayList<>();
      // Entries may be missing before the oldest, or between those on disk and those in memory.
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
      // Entries that were dropped to make room for other logs are skipped.
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
    Segment segment = last();
    if (segment.length() > 0 && segment.length() + encoder.size() > disk.largestSegment()) {
      segment.seal();
      segment = addSegment(new byte[0]);
    }
    makeRoomFor(encoder.size());
    onDisk.add(encoder.size(), 0);
    try {
      encoder.writeTo(segment.file());
    } catch (IOException e) {
      onDisk.subtract(encoder.size(), 0);
      throw e;
    }
    lock.lock();
    try {
      segment.extend(encoder.entries(), encoder.size());
      size += encoder.size();
      entries += encoder.entries();
    } finally {
      lock.unlock();
    }
  }

  private Segment addSegment(byte[] header) throws IOException {
    Path path = LogFiles.path(disk.directory(), id, nextSegment++);
    onDisk.add(header.length, 1);
    try {
      RandomAccessFile file = disk.files().create(path);
      writeHeader(file, header);
      Segment segment = new Segment(path, file, entries, header.length);
      lock.lock();
      try {
        segments.addLast(segment);
        size += header.length;
      } finally {
        lock.unlock();
      }
      return segment;
    } catch (IOException e) {
      onDisk.subtract(header.length, 1);
      throw e;
    }
  }

  private static void writeHeader(RandomAccessFile file, byte[] header) throws IOException {
    try {
      file.write(header);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** The segment that is being written, which is never dropped. */
  private Segment last() {
    lock.lock();
    try {
      return segments.getLast();
    } finally {
      lock.unlock();
    }
  }

  /** Drops the oldest segments until so many bytes fit in. The segment being written stays. */
  private void makeRoomFor(int bytes) {
    boolean dropped = true;
    while (dropped && size() + bytes > disk.maxSize()) {
      dropped = dropOldest();
    }
  }

  private long size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Drops the oldest segment; false if there is only the segment being written. The writers of
   * other logs may call this too.
   */
  private boolean dropOldest() {
    Segment oldest;
    lock.lock();
    try {
      if (ended || segments.size() < 2) {
        return false;
      }
      oldest = segments.removeFirst();
      firstSegment++;
      size -= oldest.length();
    } finally {
      lock.unlock();
    }
    try {
      oldest.discard();
    } catch (IOException e) {
      LOG.warn("execution {}: a part of its log stays on disk: {}", id, e.toString());
    }
    onDisk.subtract(oldest.length(), oldest.hasStartRecord() ? 0 : 1);
    return true;
  }

  private void leaveDisk(IOException reason) {
    LOG.warn("execution {}: its output is kept in memory from here on: {}", id, reason.toString());
    diskFailed = true;
    try {
      Optional<Segment> last = lastIfAny();
      if (last.isPresent()) {
        last.get().cutToEntries();
      }
    } catch (IOException e) {
      LOG.debug("execution {}: the last line stays incomplete: {}", id, e.toString());
    }
  }

  private Optional<Segment> lastIfAny() {
    lock.lock();
    try {
      return Optional.ofNullable(segments.peekLast());
    } finally {
      lock.unlock();
    }
  }

  private void closeFiles() {
    List<Segment> all;
    lock.lock();
    try {
      all = List.copyOf(segments);
    } finally {
      lock.unlock();
    }
    for (Segment segment : all) {
      try {
        segment.file().close();
      } catch (IOException e) {
        LOG.warn("execution {}: closing its log: {}", id, e.toString());
      }
    }
  }
}
