package io.gatehouse.gateway.exec;

/** Entries of one log that follow each other and are stored together, on disk or in memory. */
interface StoredEntries {

  long firstEntry();

  /** The number after that of the last entry. */
  long nextEntry();

  /**
   * The range of all entries from this number on; all entries if the number is before the first.
   */
  Page.Range rangeFrom(long entry);
}
