package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.RemoteFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A file that was found to hold text.
 *
 * <p>A small one is kept; a large one is read once to see that it is text and once for its content,
 * so that memory does not grow with it.
 */
final class TextFile {

  /** Bytes up to which a file is read once. */
  private static final int SMALL = 1024 * 1024;

  /** Bytes that say what is not UTF-8. */
  private static final int HEAD = 64 * 1024;

  private static final int BUFFER = 64 * 1024;

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

  /** The file as text, or nothing if it holds something else. */
  static Optional<TextFile> open(RemoteFiles files, String path, FileAttributes attributes)
      throws IOException {
    long size = attributes.size();
    byte[] head;
    long most = size == 0 ? OpenFile.LARGEST_WITHOUT_SIZE + 1L : Math.min(size, SMALL);
    try (InputStream in = files.read(path, 0, most)) {
      head = in.readAllBytes();
    }
    OpenFile.requireBound(head.length, path);
    return decoding(files, path, Math.max(size, head.length), head)
        .map(decoding -> new TextFile(files, path, Math.max(size, head.length), head, decoding));
  }

  private static Optional<TextDecoding> decoding(
      RemoteFiles files, String path, long size, byte[] head) throws IOException {
    Optional<TextDecoding> marked = TextDecoding.byMark(head);
    if (marked.isPresent()) {
      return marked;
    }
    boolean complete = size <= head.length;
    if (TextDecoding.isUtf8(head, complete) && (complete || isUtf8(files, path, size))) {
      return Optional.of(TextDecoding.UTF_8);
    }
    byte[] beginning = head.length <= HEAD ? head : Arrays.copyOf(head, HEAD);
    return TextDecoding.guessed(beginning);
  }

  private static boolean isUtf8(RemoteFiles files, String path, long size) throws IOException {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.allocate(BUFFER);
    CharBuffer characters = CharBuffer.allocate(BUFFER);
    try (InputStream in = files.read(path, 0, size)) {
      while (true) {
        int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
        bytes.limit(bytes.position() + Math.max(count, 0)).position(0);
        CoderResult result = decoder.decode(bytes, characters.clear(), count < 0);
        if (result.isError() || count < 0) {
          return !result.isError();
        }
        bytes.compact();
      }
    }
  }

  /** The text without its byte order mark, as a stream; what is no text in it is replaced. */
  Reader reader() throws IOException {
    return reader(decoding.lenient());
  }

  private Reader reader(CharsetDecoder decoder) throws IOException {
    InputStream in =
        size <= head.length ? new ByteArrayInputStream(head) : files.read(path, 0, size);
    in.skipNBytes(decoding.mark().size());
    return new InputStreamReader(in, decoder);
  }

  /**
   * The whole text, to be written back.
   *
   * @throws FileException TOO_LARGE, or INVALID if some of it would be lost
   */
  String text(long most) throws IOException {
    if (size > most) {
      throw new FileException(
          Reason.TOO_LARGE, "The file has more than " + most + " bytes: " + path);
    }
    StringWriter text = new StringWriter();
    try (Reader reader = reader(decoding.charset().newDecoder())) {
      reader.transferTo(text);
    } catch (CharacterCodingException broken) {
      throw new FileException(
          Reason.INVALID, "Not all of the file is text in one encoding: " + path, broken);
    }
    return text.toString();
  }

  TextDecoding decoding() {
    return decoding;
  }
}
