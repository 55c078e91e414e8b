package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.FileEntry;
import java.time.Instant;
import java.util.List;

/**
 * The entries of a directory.
 *
 * @param writable whether the account may create entries in it
 * @param entries sorted by name
 * @param truncated whether there are more entries
 */
public record Listing(boolean writable, List<Entry> entries, boolean truncated) {

  /**
   * Bytes of memory for an entry, in addition to those of the {@code FileEntry} it is made from.
   */
  static final long WEIGHT_OF_ENTRY = 64;

  /**
   * The most bytes of memory for an entry, with its {@code FileEntry} and the longest name on
   * Linux.
   */
  static final long LARGEST_ENTRY = WEIGHT_OF_ENTRY + FileEntry.WEIGHT + 2 * 255;

  public Listing {
    entries = List.copyOf(entries);
  }

  /**
   * One entry. A link is shown as the file or directory it leads to.
   *
   * @param size bytes
   */
  public record Entry(
      String name, boolean directory, long size, Instant modified, boolean writable) {}
}
