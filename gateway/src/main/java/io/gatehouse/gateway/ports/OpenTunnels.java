package io.gatehouse.gateway.ports;

import io.gatehouse.gateway.session.Tunnel;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open connections, which are closed when the gateway stops. */
final class OpenTunnels implements AutoCloseable {

  private final Set<Tunnel> open = ConcurrentHashMap.newKeySet();

  /** Remembers a tunnel until it is closed. */
  Tunnel keep(Tunnel tunnel) {
    Tunnel kept = new Kept(tunnel);
    open.add(kept);
    return kept;
  }

  @Override
  public void close() {
    open.forEach(Tunnel::close);
  }

  private final class Kept implements Tunnel {

    private final Tunnel tunnel;

    private Kept(Tunnel tunnel) {
      this.tunnel = tunnel;
    }

    @Override
    public InputStream input() {
      return tunnel.input();
    }

    @Override
    public OutputStream output() {
      return tunnel.output();
    }

    @Override
    public void readLimit(Duration limit) {
      tunnel.readLimit(limit);
    }

    @Override
    public boolean isOpen() {
      return tunnel.isOpen();
    }

    @Override
    public void close() {
      open.remove(this);
      tunnel.close();
    }
  }
}
