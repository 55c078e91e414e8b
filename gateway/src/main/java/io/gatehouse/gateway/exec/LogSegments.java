package io.gatehouse.gateway.exec;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a log that is on disk, in segments, {@code <id>.0.jsonl} and on. When the segments
 * together are larger than allowed, the oldest is dropped.
 *
 * <p>One thread writes. The writers of other logs drop the oldest segment to make room, but never
 * the last, which is being written.
 */
final class LogSegments {

  private static final Logger LOG = LoggerFactory.getLogger(LogSegments.class);

  private final String id;
  private final LogDisk disk;
  private final LogSpace.Log space;
  private final ReentrantLock lock;

  /** Only the writer uses it. */
  private int nextSegment;

  // Guarded by lock.
  private final Deque<Segment> segments = new ArrayDeque<>();
  private int firstSegment;
  private long size;
  private long entries;
  private boolean ended;

  /**
   * @param account the account whose command it is
   * @param lock the log's own, so that its pages are of one moment; it is never held across I/O
   */
  LogSegments(String id, String account, LogDisk disk, ReentrantLock lock) {
    this.id = id;
    this.disk = disk;
    this.lock = lock;
    this.space = disk.space().begin(account, id, this::dropOldest);
  }

  /**
   * Creates a segment that begins with the record, which is empty for all but the first. The record
   * is not dropped with the segment.
   */
  Segment add(byte[] record) throws IOException {
    Path path = LogFiles.path(disk.directory(), id, nextSegment++);
    space.add(record.length, 1);
    try {
      RandomAccessFile file = disk.files().create(path);
      writeRecord(file, record);
      lock.lock();
      try {
        Segment segment = new Segment(path, file, entries, record.length);
        segments.addLast(segment);
        size += record.length;
        return segment;
      } finally {
        lock.unlock();
      }
    } catch (IOException e) {
      space.subtract(record.length, 1);
      throw e;
    }
  }

  private static void writeRecord(RandomAccessFile file, byte[] record) throws IOException {
    try {
      file.write(record);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Writes the entries of the encoder's last batch. */
  void write(EntryEncoder encoder) throws IOException {
    Segment segment = last();
    if (segment.length() > 0 && segment.length() + encoder.size() > disk.largestSegment()) {
      segment.seal();
      segment = add(new byte[0]);
    }
    makeRoomFor(encoder.size());
    space.add(encoder.size(), 0);
    try {
      encoder.writeTo(segment.file());
    } catch (IOException e) {
      space.subtract(encoder.size(), 0);
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

  /** Writes the record that is the log's last line and no entry. */
  void writeLast(byte[] record) throws IOException {
    makeRoomFor(record.length);
    space.add(record.length, 0);
    last().file().write(record);
  }

  /** Removes the part of a line that a failed write has left. */
  void cutToEntries() throws IOException {
    Optional<Segment> last = lastIfAny();
    if (last.isPresent()) {
      last.get().cutToEntries();
    }
  }

  /** Closes the files. They stay on disk until the log is too old or has to make room. */
  void end(Instant now) {
    // The task that removes the files later must not keep this log and its index in memory.
    LogFiles left = lastFiles();
    closeFiles();
    space.end(now, left::remove);
  }

  /** How many entries have been written. The oldest of them may be dropped. */
  long entries() {
    lock.lock();
    try {
      return entries;
    } finally {
      lock.unlock();
    }
  }

  void addTo(PageRanges page) {
    lock.lock();
    try {
      segments.forEach(page::add);
    } finally {
      lock.unlock();
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

  /** The segment that is being written, which is never dropped. */
  private Segment last() {
    lock.lock();
    try {
      return segments.getLast();
    } finally {
      lock.unlock();
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
    space.subtract(oldest.length(), oldest.hasStartRecord() ? 0 : 1);
    return true;
  }
}
