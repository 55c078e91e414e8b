package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.session.Tunnel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;

/**
 * Gives HttpCore a tunnel in the form of a socket. HttpCore uses only the streams and the timeout
 * of the socket.
 */
final class TunnelSocket extends Socket {

  private final Tunnel tunnel;
  private int limit;

  TunnelSocket(Tunnel tunnel) {
    super();
    this.tunnel = tunnel;
  }

  @Override
  public InputStream getInputStream() {
    return tunnel.input();
  }

  @Override
  public OutputStream getOutputStream() {
    return tunnel.output();
  }

  @Override
  public void setSoTimeout(int milliseconds) {
    limit = milliseconds;
    tunnel.readLimit(Duration.ofMillis(milliseconds));
  }

  @Override
  public int getSoTimeout() {
    return limit;
  }

  @Override
  public void setSoLinger(boolean on, int seconds) {}

  @Override
  public void shutdownInput() {}

  @Override
  public void shutdownOutput() {}

  @Override
  public void close() throws IOException {
    tunnel.close();
    super.close();
  }
}
