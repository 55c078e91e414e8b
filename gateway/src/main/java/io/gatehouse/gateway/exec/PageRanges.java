package io.gatehouse.gateway.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Selects the entries of one page from what a log has stored, part by part. */
final class PageRanges {

  private final long first;
  private final long from;
  private final long entries;
  private final List<Page.Range> ranges = new ArrayList<>();

  /** Entries may be missing before the oldest part, or between those on disk and in memory. */
  private long missing;

  /**
   * @param offset the number of the first entry wanted
   * @param tail if given, only so many of the last entries are wanted
   * @param before how many entries before the first one wanted to add, if they were not dropped
   * @param entries the number of all entries so far
   */
  PageRanges(long offset, OptionalInt tail, int before, long entries) {
    this.first = tail.isPresent() ? Math.max(offset, entries - tail.getAsInt()) : offset;
    this.from = before == 0 ? first : Math.max(0, Math.min(first, entries) - before);
    this.entries = entries;
    this.missing = Math.max(0, entries - offset);
  }

  /** Adds what is wanted of the next part. */
  void add(StoredEntries part) {
    if (part.nextEntry() > from) {
      ranges.add(part.rangeFrom(from));
    }
    missing -= Math.max(0, part.nextEntry() - Math.max(first, part.firstEntry()));
  }

  /** The page of all that was added. */
  Page page() {
    return new Page(first, entries, missing > 0, ranges);
  }
}
