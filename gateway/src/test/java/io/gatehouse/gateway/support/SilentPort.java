package io.gatehouse.gateway.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of loopback that refuses every connection for as long as this is open. The socket is bound
 * and never listens, so that no other program can take the port, as it could take one that was
 * closed a moment ago.
 */
public final class SilentPort implements AutoCloseable {

  private final Socket bound = new Socket();

  public SilentPort() throws IOException {
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  public int number() {
    return bound.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    bound.close();
  }
}
