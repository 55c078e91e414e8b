package io.gatehouse.gateway.exec;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/** The part of a log that came after the disk had failed: the newest output, in memory. */
final class SpareOutput {

  private final SpareMemory memory;
  private final ReentrantLock lock;

  // Guarded by lock. Only the writer changes these.
  private final Deque<SpareMemory.Block> blocks = new ArrayDeque<>();
  private long size;
  private long nextEntry;

  /**
   * @param lock the log's own, so that its pages are of one moment
   */
  SpareOutput(SpareMemory memory, ReentrantLock lock) {
    this.memory = memory;
    this.lock = lock;
  }

  /** Keeps the entries of the encoder's last batch, and drops the oldest beyond the limit. */
  void keep(long firstEntry, EntryEncoder encoder) {
    SpareMemory.Block block = memory.keep(firstEntry, encoder.entries(), encoder.lines());
    lock.lock();
    try {
      blocks.addLast(block);
      size += block.size();
      nextEntry = block.nextEntry();
      // Entries that were dropped to make room for other logs are skipped.
      while (!blocks.isEmpty()
          && (size > SpareMemory.MOST_OF_LOG || blocks.getFirst().isDropped())) {
        SpareMemory.Block oldest = blocks.removeFirst();
        size -= oldest.size();
        memory.drop(oldest);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The number after that of the last entry; 0 if there was none. */
  long nextEntry() {
    lock.lock();
    try {
      return nextEntry;
    } finally {
      lock.unlock();
    }
  }

  void addTo(PageRanges page) {
    lock.lock();
    try {
      blocks.forEach(page::add);
    } finally {
      lock.unlock();
    }
  }
}
