package io.gatehouse.gateway.exec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns bytes of a terminal into the lines of a log, one line for one entry.
 *
 * <p>An encoder belongs to one thread at a time. It keeps no state from one batch to the next: the
 * bytes of a character that is not complete yet stay in {@code incomplete}, which belongs to the
 * caller.
 */
final class EntryEncoder {

  /**
   * The most bytes of output that one entry holds. A control character is six bytes of JSON, so the
   * line of an entry stays below 50 KB and always fits into a reader's buffer of {@link
   * Page#BUFFER_SIZE} bytes.
   */
  static final int LARGEST_ENTRY = 8 * 1024;

  /** The most bytes of an incomplete UTF-8 character. */
  static final int LONGEST_INCOMPLETE = 3;

  private static final SerializableString TYPE = new SerializedString("type");
  private static final SerializableString OUTPUT = new SerializedString("output");
  private static final SerializableString DATA = new SerializedString(LogRecords.DATA);

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final ByteBuffer input = ByteBuffer.allocate(LARGEST_ENTRY);
  private final CharBuffer text = CharBuffer.allocate(LARGEST_ENTRY);
  private final Lines lines = new Lines();
  private final JsonGenerator json;
  private int entries;

  EntryEncoder() throws IOException {
    json = LogRecords.JSON.createGenerator(lines);
  }

  /**
   * Encodes the incomplete bytes together with the given ones, and leaves the bytes of the last
   * character in {@code incomplete} if it is not complete.
   */
  void encode(ByteBuffer incomplete, byte[] buffer, int offset, int length) throws IOException {
    clear();
    int end = offset + length;
    int position = offset;
    while (position < end) {
      int piece = Math.min(end - position, LARGEST_ENTRY - incomplete.position());
      encodePiece(incomplete, buffer, position, piece, false);
      position += piece;
    }
    json.flush();
  }

  /** Encodes the bytes of a character that will never be completed. */
  void encodeRest(ByteBuffer incomplete) throws IOException {
    clear();
    encodePiece(incomplete, new byte[0], 0, 0, true);
    json.flush();
  }

  /** The number of entries in the last batch. It is 0 if the batch completed no character. */
  int entries() {
    return entries;
  }

  /** The size of the lines of the last batch, in bytes. */
  int size() {
    return lines.size();
  }

  /** The lines of the last batch. */
  byte[] lines() {
    return lines.toByteArray();
  }

  void writeTo(RandomAccessFile file) throws IOException {
    lines.writeTo(file);
  }

  private void clear() {
    lines.reset();
    entries = 0;
  }

  private void encodePiece(
      ByteBuffer incomplete, byte[] buffer, int offset, int length, boolean isLast)
      throws IOException {
    input.clear().put(incomplete.flip()).put(buffer, offset, length).flip();
    text.clear();
    decoder.reset().decode(input, text, isLast);
    if (isLast) {
      decoder.flush(text);
    }
    incomplete.clear().put(input);
    if (text.position() > 0) {
      encodeEntry();
    }
  }

  private void encodeEntry() throws IOException {
    json.writeStartObject();
    json.writeFieldName(TYPE);
    json.writeString(OUTPUT);
    json.writeFieldName(DATA);
    json.writeString(text.array(), 0, text.position());
    json.writeEndObject();
    json.writeRaw('\n');
    entries++;
  }

  /** A buffer that writes its bytes to a file without copying them first. */
  private static final class Lines extends ByteArrayOutputStream {
    void writeTo(RandomAccessFile file) throws IOException {
      file.write(buf, 0, count);
    }
  }
}
