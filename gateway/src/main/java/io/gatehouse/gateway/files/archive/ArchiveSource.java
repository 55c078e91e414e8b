package io.gatehouse.gateway.files.archive;

import io.gatehouse.gateway.session.Conversation;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.FileNames;
import io.gatehouse.gateway.session.Session;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;

/**
 * The files of an archive, as a program in the user's login reads them.
 *
 * <p>The program waits while nobody reads. It runs with the user's rights, so whatever it sends may
 * be a lie of the user's: no record can be larger than this class allows, and the receiver counts
 * what it keeps.
 */
public final class ArchiveSource implements AutoCloseable {

  /**
   * How long the program may send nothing while it is read. It is generous, because a folder of a
   * million entries is read and sorted before the first of them is sent.
   */
  private static final Duration SILENCE = Duration.ofMinutes(2);

  /** Times that every format of time in a ZIP archive can spell, in seconds since 1970. */
  private static final long EARLIEST = Instant.parse("1601-01-02T00:00:00Z").getEpochSecond();

  private static final long LATEST = Instant.parse("9999-12-31T00:00:00Z").getEpochSecond();

  /** Bytes that are taken from the channel at once. */
  private static final int BUFFER = 32 * 1024;

  /** What there is before the name in the record of an entry. */
  private static final int ENTRY_HEAD = Integer.BYTES + Long.BYTES + Long.BYTES;

  /** The most bytes of a name in the archive, with the slash of a folder. */
  private static final int LONGEST_NAME = ArchiveProgram.LONGEST_NAME + 1;

  /** Receives the files. */
  public interface Receiver {

    /**
     * An entry begins.
     *
     * @param name the name in the archive, that of a folder with a slash at its end
     * @param mode the kind and the permissions, as in {@code stat}
     * @param size the size of a file when it was opened; it may become shorter while it is read
     */
    void begin(String name, int mode, Instant modified, long size) throws IOException;

    /** Bytes of the file's content, or of the link's target, whose entry began last. */
    void content(byte[] bytes, int length) throws IOException;

    /**
     * A file cannot be in the archive.
     *
     * @param problem its name in the archive, and the reason
     */
    void leftOut(String problem) throws IOException;
  }

  private final Conversation program;
  private final DataInputStream in;

  /** The record that was read last. */
  private final byte[] record = new byte[ArchiveProgram.CHUNK];

  private int length;
  private boolean hasBegun;

  private ArchiveSource(Conversation program, Duration silence) {
    this.program = program;
    this.in = new DataInputStream(new BufferedInputStream(program.output(silence), BUFFER));
  }

  /**
   * Starts the program.
   *
   * @param names the absolute paths, and the name of each in the archive, in their order
   */
  public static ArchiveSource open(Session session, Iterable<Map.Entry<String, String>> names) {
    return open(session, names, SILENCE);
  }

  static ArchiveSource open(
      Session session, Iterable<Map.Entry<String, String>> names, Duration silence) {
    Conversation program = session.converse(ArchiveProgram.text());
    try {
      send(names, program);
      return new ArchiveSource(program, silence);
    } catch (IOException failure) {
      program.close();
      throw brokenOff(failure);
    } catch (RuntimeException failure) {
      program.close();
      throw failure;
    }
  }

  private static void send(Iterable<Map.Entry<String, String>> names, Conversation program)
      throws IOException {
    try (DataOutputStream out = new DataOutputStream(program.input())) {
      for (Map.Entry<String, String> each : names) {
        send(each.getKey(), out);
        send(each.getValue(), out);
      }
    }
  }

  private static void send(String name, DataOutputStream out) throws IOException {
    byte[] bytes = FileNames.encode(name);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Passes all files on.
   *
   * @throws FileException FAILED if the program does not come to its end, or does not keep to the
   *     format
   * @throws IOException if the receiver fails
   */
  public void sendTo(Receiver receiver) throws IOException {
    for (char kind = read(); kind != ArchiveProgram.END; kind = read()) {
      switch (kind) {
        case ArchiveProgram.ENTRY -> begin(receiver);
        case ArchiveProgram.CONTENT -> {
          require(hasBegun, "there is content without an entry");
          receiver.content(record, length);
        }
        case ArchiveProgram.ERROR -> receiver.leftOut(name(0));
        default -> throw brokenOff(new IOException("there is no record of this kind: " + kind));
      }
    }
  }

  /** Reads the next record, and returns its kind. */
  private char read() {
    try {
      char kind = (char) in.readUnsignedByte();
      length = in.readInt();
      require(length >= 0 && length <= record.length, "a record is too long");
      in.readFully(record, 0, length);
      return kind;
    } catch (IOException failure) {
      throw brokenOff(failure);
    }
  }

  private void begin(Receiver receiver) throws IOException {
    require(length > ENTRY_HEAD, "an entry has no name");
    require(length <= ENTRY_HEAD + LONGEST_NAME, "the name of an entry is too long");
    ByteBuffer head = ByteBuffer.wrap(record, 0, ENTRY_HEAD);
    int mode = head.getInt();
    long modified = Math.clamp(head.getLong(), EARLIEST, LATEST);
    long size = head.getLong();
    require(size >= 0, "an entry has a negative size");
    hasBegun = true;
    receiver.begin(name(ENTRY_HEAD), mode, Instant.ofEpochSecond(modified), size);
  }

  private static void require(boolean valid, String problem) {
    if (!valid) {
      throw brokenOff(new IOException(problem));
    }
  }

  private String name(int from) {
    return FileNames.decode(Arrays.copyOfRange(record, from, length));
  }

  private static FileException brokenOff(IOException cause) {
    return new FileException(
        Reason.FAILED, "The program that reads the files broke off; try again", cause);
  }

  /** Ends the program if it still runs. */
  @Override
  public void close() {
    program.close();
  }
}
