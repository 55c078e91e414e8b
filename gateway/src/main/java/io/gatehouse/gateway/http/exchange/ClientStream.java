package io.gatehouse.gateway.http.exchange;

import java.io.IOException;
import java.io.OutputStream;

/**
 * The body of an answer. A failure in this stream means that the client has gone, and nothing else.
 */
final class ClientStream extends OutputStream {

  private final OutputStream out;

  ClientStream(OutputStream out) {
    super();
    this.out = out;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException failure) {
      throw new ClientGoneException(failure);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException failure) {
      throw new ClientGoneException(failure);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } catch (IOException failure) {
      throw new ClientGoneException(failure);
    }
  }
}
