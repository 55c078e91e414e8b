package io.gatehouse.gateway.exec;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps output that the disk does not take: of all logs together so much, then the oldest goes.
 *
 * <p>A full disk is for one user to make and for all others to bear, so it must not take the output
 * of their commands.
 */
final class SpareMemory {

  /** Bytes of one log, which keeps to it by itself; the largest batch fits in. */
  static final int MOST_OF_LOG = 256 * 1024;

  /** Bytes of all logs, of which a few hundred commands with little output take a tenth. */
  static final int MOST = 16 * 1024 * 1024;

  /** What a block costs beside its lines: many commands print a few bytes at a time. */
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
  static final class Block {

    private final long firstEntry;
    private final long nextEntry;
    private final int length;

    /** Null once it is dropped; any thread may see that at any time. */
    private volatile byte @Nullable [] lines;

    private Block(long firstEntry, int entries, byte[] lines) {
      this.firstEntry = firstEntry;
      this.nextEntry = firstEntry + entries;
      this.length = lines.length;
      this.lines = lines;
    }

    long firstEntry() {
      return firstEntry;
    }

    long nextEntry() {
      return nextEntry;
    }

    /** How many bytes it takes. */
    int size() {
      return length + OVERHEAD;
    }

    boolean isDropped() {
      return lines == null;
    }

    /** The lines of all entries from this number on; all of them when it is before the first. */
    Page.Range rangeFrom(long entry) {
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

  /** Keeps the lines of so many entries; others may be dropped for it. */
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
