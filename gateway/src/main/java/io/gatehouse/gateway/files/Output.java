package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.Pipe;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads the output of a search record by record, up to a limit. */
final class Output {

  /**
   * The most bytes that are kept of one record. Paths are shorter, and nobody reads longer lines.
   */
  private static final int LONGEST_RECORD = 64 * 1024;

  /**
   * Bytes of memory for the buffers of a search: SSH's buffer for output that is not read yet, the
   * buffer of this class, and a record.
   */
  private static final long BUFFERS = 256 * 1024;

  /** The most bytes of all records together. */
  private static final long MOST = 64 * 1024 * 1024;

  private final InputStream in;
  private long read;
  private boolean cut;

  /**
   * @param held counts the memory of the buffers
   */
  Output(Pipe pipe, Lease held) {
    held.take(BUFFERS);
    in = new BufferedInputStream(pipe.output(), LONGEST_RECORD);
  }

  /** Reads one byte; -1 at the end. */
  int mark() throws IOException {
    return in.read();
  }

  /**
   * Reads the record before the next separator; empty at the end. A record that is too long is cut.
   */
  Optional<byte[]> next(char separator) throws IOException {
    ByteArrayOutputStream record = new ByteArrayOutputStream(256);
    while (read < MOST) {
      int value = in.read();
      if (value < 0) {
        return Optional.empty();
      }
      read++;
      if (value == separator) {
        return Optional.of(record.toByteArray());
      }
      if (record.size() < LONGEST_RECORD) {
        record.write(value);
      } else {
        cut = true;
      }
    }
    cut = true;
    return Optional.empty();
  }

  /** Whether some of the output was left out. */
  boolean isCut() {
    return cut;
  }
}
