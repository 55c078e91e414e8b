package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.FileEntry;
import java.time.Instant;
import java.util.List;

/**
 * What is in a directory.
 *
 * @param writable whether the account may make something in it
 * @param entries sorted by name
 * @param truncated whether there are more
 */
public record Listing(boolean writable, List<Entry> entries, boolean truncated) {

  /** Bytes of memory for an entry, beside what the {@code FileEntry} has that it is made of. */
  static final long WEIGHT_OF_ENTRY = 64;

  /** The same with it, and with the longest name that Linux has. */
  static final long LARGEST_ENTRY = WEIGHT_OF_ENTRY + FileEntry.WEIGHT + 2 * 255;

  public Listing {
    entries = List.copyOf(entries);
  }

  /**
   * One entry; a link is shown as what it leads to.
   *
   * @param size bytes
   */
  public record Entry(
      String name, boolean directory, long size, Instant modified, boolean writable) {}
}
