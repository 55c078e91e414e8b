package io.gatehouse.gateway.http.exchange;

import io.gatehouse.gateway.session.HeldBytes;
import io.gatehouse.gateway.session.Lease;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads the body of a request whole, within a bound.
 *
 * @param largest bytes that the body may have at most
 * @param held counts the bytes
 */
record RequestBody(long largest, Lease held) {

  byte[] read(Carrier carrier) {
    long length = carrier.contentLength();
    if (length > largest) {
      throw tooLarge();
    }
    try (InputStream body = carrier.body()) {
      return length < 0 ? unmeasured(body) : measured(body, (int) length);
    } catch (IOException failure) {
      throw new RefusedException(
          400, "the request's body is shorter than its Content-Length says; send all of it");
    }
  }

  private byte[] measured(InputStream body, int length) throws IOException {
    held.take(length);
    byte[] bytes = new byte[length];
    if (body.readNBytes(bytes, 0, length) < length) {
      throw new EOFException();
    }
    return bytes;
  }

  /** Reads a body that comes in chunks. For a moment its bytes are in memory twice. */
  private byte[] unmeasured(InputStream body) throws IOException {
    long before = held.held();
    HeldBytes bytes = HeldBytes.read(body, largest + 1, held);
    long pieces = held.held() - before;
    if (bytes.size() > largest) {
      throw tooLarge();
    }
    held.take(bytes.size());
    byte[] all = bytes.toArray();
    held.giveBack(pieces);
    return all;
  }

  private RefusedException tooLarge() {
    return new RefusedException(
        413,
        "the body of a request must have at most "
            + largest
            + " bytes; send a smaller one, or upload a file");
  }
}
