package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;

/**
 * A text that is edited as clients see it, with {@code \n} at the ends of lines, and written back
 * as it was: in its encoding, with its byte order mark and its line ends.
 */
final class EditedText {

  private static final String CRLF = "\r\n";

  private final String text;
  private final TextDecoding decoding;
  private final boolean crlf;

  private EditedText(String text, TextDecoding decoding, boolean crlf) {
    this.text = text;
    this.decoding = decoding;
    this.crlf = crlf;
  }

  static EditedText of(String stored, TextDecoding decoding) {
    String seen = stored.replace(CRLF, "\n");
    // Only where every line ends so can the ends be put back.
    boolean crlf = seen.length() < stored.length() && seen.replace("\n", CRLF).equals(stored);
    return new EditedText(crlf ? seen : stored, decoding, crlf);
  }

  byte[] with(List<Replacement> replacements) {
    String edited = text;
    for (Replacement each : replacements) {
      edited = each.applyTo(edited);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    decoding.mark().forEach(bytes::write);
    bytes.writeBytes(encoded(crlf ? edited.replace("\n", CRLF) : edited));
    return bytes.toByteArray();
  }

  private byte[] encoded(String edited) {
    try {
      ByteBuffer buffer = decoding.charset().newEncoder().encode(CharBuffer.wrap(edited));
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    } catch (CharacterCodingException unknown) {
      throw new FileException(
          Reason.INVALID,
          "The file is in " + decoding.charset() + ", which lacks a character of the new text",
          unknown);
    }
  }
}
