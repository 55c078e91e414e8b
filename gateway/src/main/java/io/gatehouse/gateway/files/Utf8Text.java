package io.gatehouse.gateway.files;

import io.gatehouse.gateway.files.text.SeenText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A text as UTF-8 bytes, which are a part of the array with the request's body. They are not made a
 * {@code String}, which would be another copy: a file's new content is nearly as large as the
 * request.
 */
public final class Utf8Text {

  /** U+FFFD, which an editor shows for bytes that it cannot read. */
  private static final byte[] UNREADABLE =
      String.valueOf(SeenText.UNREADABLE).getBytes(StandardCharsets.UTF_8);

  private final byte[] bytes;
  private final int offset;
  private final int length;

  /**
   * @param bytes well-formed UTF-8 from {@code offset} on; must not be changed any more
   */
  public Utf8Text(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.offset = Objects.checkFromIndexSize(offset, length, bytes.length);
    this.length = length;
  }

  public static Utf8Text of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Utf8Text(bytes, 0, bytes.length);
  }

  /** The number of bytes. */
  public int length() {
    return length;
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, offset, length);
  }

  /** The text as a new {@code String}. */
  public String text() {
    return new String(bytes, offset, length, StandardCharsets.UTF_8);
  }

  boolean hasUnreadable() {
    int last = offset + length - UNREADABLE.length;
    for (int at = offset; at <= last; at++) {
      if (bytes[at] == UNREADABLE[0]
          && bytes[at + 1] == UNREADABLE[1]
          && bytes[at + 2] == UNREADABLE[2]) {
        return true;
      }
    }
    return false;
  }
}
