package io.gatehouse.gateway.exec;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One file of a log, with the sparse index from entry numbers to its positions.
 *
 * <p>Only the log's writer changes the file. The counters and the index are guarded by the log's
 * lock: the writer changes them under the lock, after the bytes are on disk.
 */
final class Segment implements StoredEntries {

  /** The distance between the index's positions, which is the most that a read has to skip. */
  static final int CHECKPOINT_DISTANCE = 64 * 1024;

  private final Path path;
  private final RandomAccessFile file;
  private final long firstEntry;
  private final long start;

  private long end;
  private long nextEntry;

  // Checkpoint i says that checkpointEntries[i] begins at checkpointPositions[i].
  private long[] checkpointEntries = new long[4];
  private long[] checkpointPositions = new long[4];
  private int checkpoints;

  /**
   * @param start the position of the first entry, which is behind the start record if the segment
   *     has one
   */
  Segment(Path path, RandomAccessFile file, long firstEntry, long start) {
    this.path = path;
    this.file = file;
    this.firstEntry = firstEntry;
    this.start = start;
    this.end = start;
    this.nextEntry = firstEntry;
    addCheckpoint();
  }

  RandomAccessFile file() {
    return file;
  }

  @Override
  public long firstEntry() {
    return firstEntry;
  }

  @Override
  public long nextEntry() {
    return nextEntry;
  }

  /** The number of bytes of its entries. */
  long length() {
    return end - start;
  }

  /** Counts entries that are now on disk. */
  void extend(int entries, int bytes) {
    if (end - checkpointPositions[checkpoints - 1] >= CHECKPOINT_DISTANCE) {
      addCheckpoint();
    }
    end += bytes;
    nextEntry += entries;
  }

  @Override
  public Page.Range rangeFrom(long entry) {
    int found = Arrays.binarySearch(checkpointEntries, 0, checkpoints, Math.max(entry, firstEntry));
    int nearest = found >= 0 ? found : -found - 2;
    long skipped = Math.max(entry, firstEntry) - checkpointEntries[nearest];
    return new Page.Range(
        Page.file(path), checkpointPositions[nearest], end, skipped, Math.max(entry, firstEntry));
  }

  /** Removes the part of a line that a failed write has left. */
  void cutToEntries() throws IOException {
    file.setLength(end);
  }

  /** Ends writing; the segment with the start record stays open for {@link #discard}. */
  void seal() throws IOException {
    if (!hasStartRecord()) {
      file.close();
    }
  }

  /** Removes the entries from disk. The start record stays. */
  void discard() throws IOException {
    if (hasStartRecord()) {
      file.setLength(start);
      file.close();
    } else {
      Files.deleteIfExists(path);
    }
  }

  /** Whether the segment has the start record. Then its file stays when the entries are removed. */
  boolean hasStartRecord() {
    return start > 0;
  }

  private void addCheckpoint() {
    if (checkpoints == checkpointEntries.length) {
      checkpointEntries = Arrays.copyOf(checkpointEntries, 2 * checkpoints);
      checkpointPositions = Arrays.copyOf(checkpointPositions, 2 * checkpoints);
    }
    checkpointEntries[checkpoints] = nextEntry;
    checkpointPositions[checkpoints] = end;
    checkpoints++;
  }
}
