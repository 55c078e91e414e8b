package io.gatehouse.gateway.files;

import io.gatehouse.gateway.files.text.TextDecoding;
import io.gatehouse.gateway.files.text.Utf8Evidence;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.RemoteFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.util.Optional;

/**
 * A file that was found to hold text.
 *
 * <p>The content of a small file is kept. A large file is read twice, once to find out that it is
 * text and once for its content, so that the memory does not grow with its size.
 */
public final class TextFile {

  /** The largest file, in bytes, whose content is kept and which is read only once. */
  private static final int SMALL = 1024 * 1024;

  private static final int BUFFER = 64 * 1024;

  /**
   * Bytes of memory for each byte that is kept: the byte itself, and a byte of the buffer that
   * grows while the file is read.
   */
  private static final long WEIGHT_OF_HEAD = 2;

  private final RemoteFiles files;
  private final String path;
  private final long size;
  private final byte[] head;
  private final TextDecoding decoding;

  private TextFile(RemoteFiles files, String path, long size, byte[] head, TextDecoding decoding) {
    this.files = files;
    this.path = path;
    this.size = size;
    this.head = head;
    this.decoding = decoding;
  }

  /**
   * The file as text; empty if it does not hold text.
   *
   * @param held counts the memory of the bytes that are read
   */
  public static Optional<TextFile> open(
      RemoteFiles files, String path, FileAttributes attributes, Lease held) throws IOException {
    long size = attributes.size();
    byte[] head;
    long most = size == 0 ? OpenFile.LARGEST_WITHOUT_SIZE + 1L : Math.min(size, SMALL);
    held.take(WEIGHT_OF_HEAD * most + (size > SMALL ? OpenFile.AHEAD : 0));
    try (InputStream in = files.read(path, 0, most)) {
      head = in.readAllBytes();
    }
    OpenFile.requireBound(head.length, path);
    return decoding(files, path, Math.max(size, head.length), head)
        .map(decoding -> new TextFile(files, path, Math.max(size, head.length), head, decoding));
  }

  /** The same for a file whose bytes are all known, which are not read again. */
  public static Optional<TextFile> of(RemoteFiles files, String path, byte[] whole) {
    return TextDecoding.of(whole)
        .map(decoding -> new TextFile(files, path, whole.length, whole, decoding));
  }

  private static Optional<TextDecoding> decoding(
      RemoteFiles files, String path, long size, byte[] head) throws IOException {
    if (size <= head.length) {
      return TextDecoding.of(head);
    }
    Optional<TextDecoding> known = TextDecoding.byMark(head).or(() -> TextDecoding.utf16(head));
    return known.isPresent() ? known : unmarked(files, path, size, head);
  }

  /**
   * Finds the decoding of a file without a byte order mark. If its beginning is not all UTF-8, the
   * beginning is enough to decide; otherwise the whole file is examined.
   */
  private static Optional<TextDecoding> unmarked(
      RemoteFiles files, String path, long size, byte[] head) throws IOException {
    Utf8Evidence evidence = new Utf8Evidence();
    evidence.take(head, head.length);
    if (evidence.hasStrays()) {
      return TextDecoding.unmarked(
          head, evidence, TextDecoding.window(head, evidence.firstStray()));
    }
    try (InputStream in = files.read(path, head.length, size - head.length)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        evidence.take(buffer, count);
      }
      evidence.end();
    }
    return TextDecoding.unmarked(head, evidence, sample(files, path, evidence.firstStray()));
  }

  /** Reads the bytes around a place that is not in the kept beginning of the file. */
  private static byte[] sample(RemoteFiles files, String path, long place) throws IOException {
    if (place < 0) {
      return new byte[0];
    }
    int before = TextDecoding.SAMPLE / 2;
    try (InputStream in = files.read(path, place - before, before + TextDecoding.SAMPLE)) {
      return TextDecoding.window(in.readAllBytes(), before);
    }
  }

  /**
   * The text without its byte order mark, as a stream. Bytes that cannot be decoded are replaced.
   */
  Reader reader() throws IOException {
    return new InputStreamReader(content(), decoding.lenient());
  }

  private InputStream content() throws IOException {
    InputStream in =
        size <= head.length ? new ByteArrayInputStream(head) : files.read(path, 0, size);
    in.skipNBytes(decoding.mark().size());
    return in;
  }

  /**
   * Reads the whole text, to be edited and written back.
   *
   * @param held counts the memory of the text
   * @throws FileException TOO_LARGE, or INVALID if some of the text would be lost
   */
  public EditedText edited(long most, Lease held) throws IOException {
    if (size > most) {
      throw new FileException(
          Reason.TOO_LARGE,
          "The file has more than " + most + " bytes; work on it with a command: " + path);
    }
    held.take(EditedText.WEIGHT * size);
    try (InputStream in = content()) {
      return EditedText.of(in.readAllBytes(), decoding, held);
    }
  }

  TextDecoding decoding() {
    return decoding;
  }
}
