package io.gatehouse.gateway.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * All bytes of a stream, kept in pieces: bytes already read are never copied to make room for more.
 */
public final class HeldBytes {

  private static final int PIECE = 64 * 1024;

  private final List<byte[]> pieces = new ArrayList<>();
  private long size;

  private HeldBytes() {}

  /**
   * Reads a stream to its end.
   *
   * @param most the number of bytes after which reading stops
   * @param lease counts the bytes that are kept
   * @throws BudgetException if the lease cannot have them
   */
  public static HeldBytes read(InputStream in, long most, Lease lease) throws IOException {
    HeldBytes held = new HeldBytes();
    while (held.size < most) {
      int length = (int) Math.min(PIECE, most - held.size);
      lease.take(length);
      byte[] piece = new byte[length];
      int count = in.readNBytes(piece, 0, length);
      held.size += count;
      held.pieces.add(piece);
      if (count < length) {
        break;
      }
    }
    return held;
  }

  /** The number of bytes. */
  public long size() {
    return size;
  }

  /** All bytes in one array, which is not counted on the lease. */
  public byte[] toArray() {
    byte[] all = new byte[Math.toIntExact(size)];
    int at = 0;
    for (byte[] piece : pieces) {
      int length = Math.min(piece.length, all.length - at);
      System.arraycopy(piece, 0, all, at, length);
      at += length;
    }
    return all;
  }

  public void writeTo(OutputStream out) throws IOException {
    long left = size;
    for (byte[] piece : pieces) {
      int length = (int) Math.min(piece.length, left);
      out.write(piece, 0, length);
      left -= length;
    }
  }

  /** A stream that reads these bytes. */
  public InputStream stream() {
    return new Stream();
  }

  private final class Stream extends InputStream {

    private long position;

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (length == 0) {
        return 0;
      }
      if (position == size) {
        return -1;
      }
      // All pieces but the last are as long as the first.
      byte[] piece = pieces.get((int) (position / PIECE));
      int from = (int) (position % PIECE);
      int count = (int) Math.min(Math.min(length, piece.length - from), size - position);
      System.arraycopy(piece, from, target, offset, count);
      position += count;
      return count;
    }
  }
}
