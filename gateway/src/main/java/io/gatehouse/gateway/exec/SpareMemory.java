package io.gatehouse.gateway.exec;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps output that the disk does not take, up to a limit for all logs together. Beyond it, the
 * oldest output is dropped.
 *
 * <p>One user can fill the disk for all others. The others must not lose the output of their
 * commands by that.
 */
final class SpareMemory {

  /** The most bytes of one log; the log itself keeps to this limit. The largest batch fits in. */
  static final int MOST_OF_LOG = 256 * 1024;

  /** The most bytes of all logs. A few hundred commands with little output take a tenth of it. */
  static final int MOST = 16 * 1024 * 1024;

  /**
   * Bytes of memory of a block without its lines. It is counted because many commands print only a
   * few bytes at a time.
   */
  private static final int OVERHEAD = 128;

  private final int most;

  // Guarded by this, oldest first.
  private final Set<Block> blocks = new LinkedHashSet<>();
  private long size;

  SpareMemory() {
    this(MOST);
  }

  SpareMemory(int most) {
    this.most = most;
  }

  /** Entries of one log, until they are dropped. */
  static final class Block implements StoredEntries {

    private final long firstEntry;
    private final long nextEntry;
    private final int length;

    /** Null once the block is dropped, which may happen at any time, on any thread. */
    private volatile byte @Nullable [] lines;

    private Block(long firstEntry, int entries, byte[] lines) {
      this.firstEntry = firstEntry;
      this.nextEntry = firstEntry + entries;
      this.length = lines.length;
      this.lines = lines;
    }

    @Override
    public long firstEntry() {
      return firstEntry;
    }

    @Override
    public long nextEntry() {
      return nextEntry;
    }

    /** The bytes of memory that the block takes. */
    int size() {
      return length + OVERHEAD;
    }

    boolean isDropped() {
      return lines == null;
    }

    @Override
    public Page.Range rangeFrom(long entry) {
      return new Page.Range(
          this::read, 0, length, Math.max(0, entry - firstEntry), Math.max(entry, firstEntry));
    }

    private int read(long position, byte[] buffer, int offset, int wanted) {
      byte[] known = lines;
      if (known == null) {
        return 0;
      }
      System.arraycopy(known, (int) position, buffer, offset, wanted);
      return wanted;
    }
  }

  /** Keeps the lines of so many entries. Older blocks may be dropped to make room. */
  synchronized Block keep(long firstEntry, int entries, byte[] lines) {
    Block block = new Block(firstEntry, entries, lines);
    blocks.add(block);
    size += block.size();
    Iterator<Block> oldestFirst = blocks.iterator();
    while (size > most && blocks.size() > 1) {
      Block oldest = oldestFirst.next();
      oldestFirst.remove();
      forget(oldest);
    }
    return block;
  }

  /** Drops a block, if it was not dropped before. */
  synchronized void drop(Block block) {
    if (blocks.remove(block)) {
      forget(block);
    }
  }

  private void forget(Block block) {
    size -= block.size();
    block.lines = null;
  }
}
