package io.gatehouse.gateway.exec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of an execution's output that a client asked for, as it was at one moment.
 *
 * <p>A page holds neither memory nor descriptors, needs no closing, and belongs to one thread. A
 * file is open only while a piece of it is read, never while a client takes its bytes: otherwise a
 * dropped segment would still take space on disk while a slow client reads it. Entries that are
 * dropped before they are read are missing from the page, which is {@link #truncated} from then on.
 */
public final class Page {

  /** The most bytes of output that are in memory at a time. */
  static final int BUFFER_SIZE = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(Page.class);

  private final long first;
  private final long nextOffset;
  private final List<Range> ranges;
  private boolean truncated;

  /**
   * Makes a page of the entries in the ranges.
   *
   * @param first the number of the first entry that was asked for; earlier entries in the ranges
   *     only restore the state of a terminal
   */
  Page(long first, long nextOffset, boolean truncated, List<Range> ranges) {
    this.first = first;
    this.nextOffset = nextOffset;
    this.truncated = truncated;
    this.ranges = List.copyOf(ranges);
  }

  /** Bytes of memory that the page takes while it is written. */
  public long weight() {
    return Math.min(length(), BUFFER_SIZE);
  }

  /** Bytes on disk of everything that is read for the page. */
  long length() {
    return ranges.stream().mapToLong(Range::length).sum();
  }

  /** The number of the first entry that was asked for, whether it is still there or not. */
  long first() {
    return first;
  }

  /** The number of entries so far, which is the offset to ask for next. */
  public long nextOffset() {
    return nextOffset;
  }

  /**
   * Whether entries at or after the requested offset are missing. The answer is final only after
   * {@link #writeEntries}, which may find that some were dropped meanwhile.
   */
  public boolean truncated() {
    return truncated;
  }

  /**
   * Writes the entries as JSON objects with commas between them, without brackets.
   *
   * @throws IOException when the stream fails; a log that cannot be read only truncates the page
   */
  public void writeEntries(OutputStream out) throws IOException {
    boolean[] isFirst = {true};
    readLines(
        (entry, buffer, start, end) -> {
          linesToCommas(buffer, start, end - 1);
          buffer[start - 1] = ',';
          int from = isFirst[0] ? start : start - 1;
          out.write(buffer, from, end - 1 - from);
          isFirst[0] = false;
        });
  }

  /** Takes the text of entries. */
  @FunctionalInterface
  interface TextReader {

    /** Takes the text of the entry with this number. */
    void read(long entry, String text) throws IOException;
  }

  /** Reads the text of all entries. */
  void readTexts(TextReader reader) throws IOException {
    readLines(
        (entry, buffer, start, end) -> {
          long number = entry;
          try (JsonParser json = LogRecords.JSON.createParser(buffer, start, end - start)) {
            while (json.nextToken() != null) {
              if (json.currentToken() == JsonToken.FIELD_NAME
                  && json.currentName().equals(LogRecords.DATA)) {
                json.nextToken();
                reader.read(number, json.getText());
              } else if (json.currentToken() == JsonToken.END_OBJECT) {
                number++;
              }
            }
          }
        });
  }

  /** Takes lines. Each line is an entry and ends with a line feed. */
  @FunctionalInterface
  private interface LineReader {

    /**
     * Takes lines. It may change them and the byte before them.
     *
     * @param entry the number of the first line's entry
     */
    void read(long entry, byte[] buffer, int start, int end) throws IOException;
  }

  private void readLines(LineReader reader) throws IOException {
    long most = ranges.stream().mapToLong(Range::length).max().orElse(0);
    if (most == 0) {
      return;
    }
    // The buffer has one more byte in front, for a comma before its first entry.
    byte[] buffer = new byte[1 + (int) Math.min(most, BUFFER_SIZE)];
    for (Range range : ranges) {
      readRange(range, buffer, reader);
    }
  }

  private void readRange(Range range, byte[] buffer, LineReader reader) throws IOException {
    long position = range.position();
    long entry = range.first() - range.skip();
    while (position < range.end()) {
      int wanted = (int) Math.min(buffer.length - 1, range.end() - position);
      int length = range.source().read(position, buffer, 1, wanted);
      int end = afterLastLine(buffer, 1 + length);
      if (end == 1) {
        truncated = true;
        return;
      }
      int start = 1;
      while (entry < range.first() && start < end) {
        start = afterLine(buffer, start);
        entry++;
      }
      if (start < end) {
        long count = countLines(buffer, start, end);
        reader.read(entry, buffer, start, end);
        entry += count;
      }
      position += end - 1;
    }
  }

  private static long countLines(byte[] buffer, int start, int end) {
    long count = 0;
    for (int i = start; i < end; i++) {
      count += buffer[i] == '\n' ? 1 : 0;
    }
    return count;
  }

  /** A place that lines are read from. */
  @FunctionalInterface
  interface Source {

    /**
     * Reads up to {@code wanted} bytes and returns their number, which is smaller than {@code
     * wanted}, or 0, if bytes were dropped.
     */
    int read(long position, byte[] buffer, int offset, int wanted);
  }

  static Source file(Path path) {
    return (position, buffer, offset, wanted) -> read(path, position, buffer, offset, wanted);
  }

  private static int read(Path file, long position, byte[] buffer, int offset, int wanted) {
    int length = 0;
    // A FileChannel would be closed by an interrupt of the reading thread.
    try (RandomAccessFile source = new RandomAccessFile(file.toFile(), "r")) {
      source.seek(position);
      int count = source.read(buffer, offset, wanted);
      while (count > 0) {
        length += count;
        count = length < wanted ? source.read(buffer, offset + length, wanted - length) : 0;
      }
    } catch (IOException e) {
      // Usually the file was dropped or removed as too old. Then it no longer exists, and nothing
      // is wrong.
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        LOG.warn("the log {} cannot be read: {}", file.getFileName(), e.toString());
      }
    }
    return length;
  }

  private static int afterLastLine(byte[] buffer, int end) {
    int after = end;
    while (after > 1 && buffer[after - 1] != '\n') {
      after--;
    }
    return after;
  }

  private static int afterLine(byte[] buffer, int start) {
    int position = start;
    while (buffer[position] != '\n') {
      position++;
    }
    return position + 1;
  }

  private static void linesToCommas(byte[] buffer, int start, int end) {
    for (int i = start; i < end; i++) {
      if (buffer[i] == '\n') {
        buffer[i] = ',';
      }
    }
  }

  /**
   * The lines of a source from a position to an end, without the first few.
   *
   * @param skip the number of lines from the position on that are not wanted
   * @param first the number of the first entry that is wanted
   */
  record Range(Source source, long position, long end, long skip, long first) {
    long length() {
      return end - position;
    }
  }
}
