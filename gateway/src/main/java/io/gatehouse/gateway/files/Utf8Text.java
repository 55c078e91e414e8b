package io.gatehouse.gateway.files;

import io.gatehouse.gateway.files.text.SeenText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A text in its bytes of UTF-8, which are part of an array: a file's new content is as large as the
 * request that brings it, and as a {@code String} it would be there again.
 */
public final class Utf8Text {

  /** U+FFFD, which an editor shows for what it cannot read. */
  private static final byte[] UNREADABLE =
      String.valueOf(SeenText.UNREADABLE).getBytes(StandardCharsets.UTF_8);

  private final byte[] bytes;
  private final int offset;
  private final int length;

  /**
   * @param bytes are well-formed UTF-8 from {@code offset} on, and nobody changes them any more
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

  /** How many bytes there are. */
  public int length() {
    return length;
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, offset, length);
  }

  /** The text, which is made anew each time. */
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
