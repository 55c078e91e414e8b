package io.gatehouse.gateway.http.terminal;

import io.gatehouse.gateway.http.connection.Strangers;
import io.gatehouse.gateway.http.connection.Strangers.Stranger;
import io.gatehouse.gateway.http.terminal.TerminalGate.Handshake;
import io.gatehouse.gateway.terminal.Terminals;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.websocket.server.JettyServerUpgradeRequest;
import org.eclipse.jetty.ee10.websocket.server.JettyServerUpgradeResponse;
import org.eclipse.jetty.ee10.websocket.server.JettyWebSocketServletFactory;
import org.jspecify.annotations.Nullable;

/** Accepts WebSockets to terminals, and keeps silent connections open by pings. */
public final class TerminalSockets implements AutoCloseable {

  public static final String PATH = "/api/terminals/";

  /**
   * The time between two pings. The strictest of the common proxies drop a connection after 30 s of
   * silence.
   */
  private static final Duration PING = Duration.ofSeconds(20);

  private final Terminals terminals;
  private final TerminalGate gate;
  private final Strangers strangers;
  private final Set<TerminalSocket> open = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("terminal-sockets").daemon().factory());

  public TerminalSockets(Terminals terminals, TerminalGate gate, Strangers strangers) {
    this.terminals = terminals;
    this.gate = gate;
    this.strangers = strangers;
    var unused =
        clock.scheduleAtFixedRate(
            () -> open.forEach(TerminalSocket::ping),
            PING.toMillis(),
            PING.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Makes the server pass the WebSockets at {@link #PATH} to this object. */
  public void configure(JettyWebSocketServletFactory factory) {
    // A terminal may be silent for hours. Pings find out whether the client is still there.
    factory.setIdleTimeout(Duration.ZERO);
    factory.addMapping(PATH + "*", this::accept);
  }

  private TerminalSocket accept(
      JettyServerUpgradeRequest request, JettyServerUpgradeResponse response) {
    // No compression: it would cost memory and time for each keystroke's echo, and Open WebUI does
    // not ask for it.
    response.setExtensions(List.of());
    return new TerminalSocket(terminals, gate, this, handshake(request));
  }

  private static Handshake handshake(JettyServerUpgradeRequest request) {
    List<String> users =
        Stream.concat(
                values(request.getParameterMap().get("user_id")),
                values(header(request, "X-User-Id")))
            .filter(user -> !user.isEmpty())
            .toList();
    return new Handshake(
        request.getRequestPath().substring(PATH.length()),
        users,
        header(request, "Authorization"),
        Optional.ofNullable(request.getHeader("Origin")));
  }

  private static List<String> header(JettyServerUpgradeRequest request, String name) {
    return Collections.list(request.getHttpServletRequest().getHeaders(name));
  }

  private static Stream<String> values(@Nullable List<String> all) {
    return all == null ? Stream.empty() : all.stream();
  }

  /** Registers a new socket. It counts as a stranger's until its first frame is accepted. */
  Stranger opened(TerminalSocket socket, Duration firstFrameLimit) {
    open.add(socket);
    var unused =
        clock.schedule(
            socket::requireFirstFrame, firstFrameLimit.toMillis(), TimeUnit.MILLISECONDS);
    return strangers.enter(socket::drop);
  }

  void closed(TerminalSocket socket) {
    open.remove(socket);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
