package io.gatehouse.gateway.exec;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps output in memory that cannot be written to disk, up to a limit for all logs together.
 * Beyond the limit, the oldest output is dropped.
 *
 * <p>A user can fill the disk, and then other users must not lose the output of their commands.
 */
final class SpareMemory {

  /**
   * The most bytes of one log, which {@link SpareOutput} enforces. The largest batch fits into it.
   */
  static final int MOST_OF_LOG = 256 * 1024;

  /**
   * The most bytes that are kept for all logs together. A few hundred commands with little output
   * take a tenth of this.
   */
  static final int MOST = 16 * 1024 * 1024;

  /**
   * Bytes of memory of a block without its lines. It is counted because many commands print only a
   * few bytes at a time.
   */
  private static final int OVERHEAD = 128;

  private final int most;

  // The blocks, oldest first; guarded by the lock of this object.
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

    /**
     * The lines of the entries. It is null once the block is dropped, which any thread may do at
     * any time.
     */
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

  /** Keeps the lines of some entries. Older blocks may be dropped to make room. */
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
