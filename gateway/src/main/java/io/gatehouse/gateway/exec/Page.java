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
 * What a client asked to see of an execution's output, as it was at one moment.
 *
 * <p>A page holds neither memory nor descriptors, needs no closing, and belongs to one thread. A
 * file is open only while a piece of it is read, never while a client takes its bytes: a dropped
 * segment that somebody reads slowly would otherwise go on filling the disk. Whole entries that
 * were dropped meanwhile are missing from the page, which is {@link #truncated} from then on.
 */
public final class Page {

  /** How much of the output is in memory at a time. */
  static final int BUFFER_SIZE = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(Page.class);

  private final long first;
  private final long nextOffset;
  private final List<Range> ranges;
  private boolean truncated;

  /**
   * Makes a page of what the ranges have.
   *
   * @param first the first entry that was asked for; what comes before it is only there to be read
   */
  Page(long first, long nextOffset, boolean truncated, List<Range> ranges) {
    this.first = first;
    this.nextOffset = nextOffset;
    this.truncated = truncated;
    this.ranges = List.copyOf(ranges);
  }

  /** Bytes of memory while it is written. */
  public long weight() {
    return Math.min(length(), BUFFER_SIZE);
  }

  /** Bytes on disk of all that is read for it. */
  long length() {
    return ranges.stream().mapToLong(Range::length).sum();
  }

  /** The number of the first entry that was asked for, whether it is still there or not. */
  long first() {
    return first;
  }

  /** How many entries there were so far: the offset to ask for next. */
  public long nextOffset() {
    return nextOffset;
  }

  /**
   * Whether entries at or after the requested offset are missing. To be asked after {@link
   * #writeEntries}, which may find that some were dropped meanwhile.
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

  /** Who reads the text of entries. */
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

  /** Who gets lines, of which each is an entry and ends with a line feed. */
  @FunctionalInterface
  private interface LineReader {

    /**
     * Takes lines, and may change them and the byte before.
     *
     * @param entry the number of the first
     */
    void read(long entry, byte[] buffer, int start, int end) throws IOException;
  }

  private void readLines(LineReader reader) throws IOException {
    long most = ranges.stream().mapToLong(Range::length).max().orElse(0);
    if (most == 0) {
      return;
    }
    // One more in front, for a comma before the first entry of a buffer.
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

  /** Where lines are. */
  @FunctionalInterface
  interface Source {

    /** Reads so many bytes; returns less than there were, or nothing, when they are gone. */
    int read(long position, byte[] buffer, int offset, int wanted);
  }

  static Source file(Path path) {
    return (position, buffer, offset, wanted) -> read(path, position, buffer, offset, wanted);
  }

  private static int read(Path file, long position, byte[] buffer, int offset, int wanted) {
    int length = 0;
    // Not a FileChannel: an interrupt of the reader would close it.
    try (RandomAccessFile source = new RandomAccessFile(file.toFile(), "r")) {
      source.seek(position);
      int count = source.read(buffer, offset, wanted);
      while (count > 0) {
        length += count;
        count = length < wanted ? source.read(buffer, offset + length, wanted - length) : 0;
      }
    } catch (IOException e) {
      // Dropped or swept, as a rule, and then nothing is wrong.
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        LOG.warn("{} cannot be read: {}", file.getFileName(), e.toString());
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
   * @param skip how many lines at the position are not wanted
   * @param first the number of the first entry that is
   */
  record Range(Source source, long position, long end, long skip, long first) {
    long length() {
      return end - position;
    }
  }
}
