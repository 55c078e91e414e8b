package io.gatehouse.gateway.http.mcp;

import io.gatehouse.gateway.session.Lease;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** Keeps the bytes that are written to it in memory, in pieces that are counted on a lease. */
final class HeldOutput extends OutputStream {

  /** The size of the first piece, in bytes. Most answers fit into it. */
  private static final int FIRST_PIECE = 4 * 1024;

  private static final int LARGEST_PIECE = 64 * 1024;

  private final Lease held;
  private final List<byte[]> full = new ArrayList<>();
  private byte[] piece = new byte[0];
  private int used;
  private long size;
  private long taken;

  HeldOutput(Lease held) {
    super();
    this.held = held;
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int at = offset;
    int left = length;
    while (left > 0) {
      if (used == piece.length) {
        openPiece();
      }
      int count = Math.min(left, piece.length - used);
      System.arraycopy(bytes, at, piece, used, count);
      used += count;
      at += count;
      left -= count;
    }
    size += length;
  }

  private void openPiece() {
    int length = Math.clamp(2L * piece.length, FIRST_PIECE, LARGEST_PIECE);
    held.take(length);
    taken += length;
    if (used > 0) {
      full.add(piece);
    }
    piece = new byte[length];
    used = 0;
  }

  /** The number of bytes. */
  long size() {
    return size;
  }

  /** The first byte, as a character; 0 if there is none. */
  char first() {
    byte[] begin = full.isEmpty() ? piece : full.getFirst();
    return size == 0 ? 0 : (char) (begin[0] & 0xFF);
  }

  InputStream stream() {
    List<InputStream> parts = new ArrayList<>();
    full.forEach(each -> parts.add(new ByteArrayInputStream(each)));
    parts.add(new ByteArrayInputStream(piece, 0, used));
    return new SequenceInputStream(Collections.enumeration(parts));
  }

  /** Forgets all bytes that were written. */
  void reset() {
    full.clear();
    piece = new byte[0];
    used = 0;
    size = 0;
    held.giveBack(taken);
    taken = 0;
  }
}
