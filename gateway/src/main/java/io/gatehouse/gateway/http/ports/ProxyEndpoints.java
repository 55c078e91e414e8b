package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.transfer.PagePolicy;
import io.gatehouse.gateway.ports.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;

/**
 * Passes requests on to the servers of the caller's own programs, and their answers back. Bodies
 * are not kept: they are sent on while they arrive.
 */
public final class ProxyEndpoints {

  /** The most bytes that a request holds in memory: the window of its channel, and buffers. */
  private static final long WEIGHT = 672 * 1024;

  /**
   * The bytes that are passed on at once. The channel moves what it still holds after each read, so
   * reads of 32 KiB take a fifth more of the processor.
   */
  private static final int BUFFER = 128 * 1024;

  private static final int LARGEST_PORT = 65_535;
  private static final int SWITCHING_PROTOCOLS = 101;

  /** How long a server may take to answer a request for a WebSocket. */
  private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(30);

  private final AppConnections connections;
  private final AppSockets sockets;
  private final PagePolicy policy;

  public ProxyEndpoints(Ports ports, AppSockets sockets, PagePolicy policy) {
    this.connections = new AppConnections(ports);
    this.sockets = sockets;
    this.policy = policy;
  }

  public void forward(Exchange exchange) throws IOException {
    int port = exchange.query(ProxyQuery.class).port();
    if (port < 1 || port > LARGEST_PORT) {
      throw new RefusedException(422, "Port must be between 1 and " + LARGEST_PORT);
    }
    Optional<SocketHandshake> handshake = SocketHandshake.of(exchange.http().request());
    if (handshake.isPresent()) {
      sockets.origins().require(exchange.http().request());
    }
    String query = Optional.ofNullable(exchange.http().request().getQueryString()).orElse("");
    ProxyPath path = ProxyPath.of(exchange.http().request().getRequestURI(), query, port);
    if (!path.complete()) {
      exchange.status(307).header("Location", port + "/" + (query.isEmpty() ? "" : "?" + query));
      return;
    }
    if (exchange.knownAccount().isEmpty()) {
      // No program runs in an account that does not exist yet.
      throw AppFailures.notFound();
    }
    Account account = exchange.openAccount();
    if (handshake.isPresent()) {
      open(exchange, account, port, path, handshake.get());
    } else {
      forward(exchange, account, port, path);
    }
  }

  private void forward(Exchange exchange, Account account, int port, ProxyPath path)
      throws IOException {
    exchange.held().take(WEIGHT);
    connections.enter(account);
    try {
      AppFailures.translate(
          exchange, port, AppConnection.SILENCE, () -> pass(exchange, account, port, path));
    } finally {
      connections.leave(account);
    }
  }

  /** Sends a request to the user's server, and its answer to the client. */
  private void pass(Exchange exchange, Account account, int port, ProxyPath path)
      throws IOException, HttpException {
    ForwardedRequest request = ForwardedRequest.of(exchange.http().request(), path, port);
    Optional<AppConnection> kept = connections.kept(account, port);
    AppConnection connection = kept.isPresent() ? kept.get() : connections.open(account, port);
    boolean whole = false;
    try {
      ClassicHttpResponse response;
      try {
        response = connection.send(request.request());
      } catch (IOException | HttpException failure) {
        if (!connection.isReused() || !request.isRepeatable()) {
          throw failure;
        }
        // A server may end a connection that it had kept open, so the request is sent again.
        connection.close();
        connection = connections.open(account, port);
        response = connection.send(request.request());
      }
      if (response.getCode() == SWITCHING_PROTOCOLS) {
        throw new HttpException("switches protocols without being asked");
      }
      answer(exchange, port, path, response);
      whole = true;
    } finally {
      if (whole) {
        connections.giveBack(account, port, connection);
      } else {
        connection.close();
      }
    }
  }

  private void open(
      Exchange exchange, Account account, int port, ProxyPath path, SocketHandshake handshake)
      throws IOException {
    AppSockets.Place place = sockets.enter(exchange.caller(), account, exchange.held().another());
    try {
      AppFailures.translate(
          exchange,
          port,
          HANDSHAKE_LIMIT,
          () -> {
            ForwardedRequest request =
                ForwardedRequest.of(exchange.http().request(), path, port).asHandshake();
            AppConnection connection = connections.openSocket(account, port);
            try {
              open(exchange, port, path, connection, request, handshake, place);
            } finally {
              if (!place.isInUse()) {
                connection.close();
              }
            }
          });
    } finally {
      if (!place.isInUse()) {
        place.close();
      }
    }
  }

  /**
   * Sends a request for a WebSocket to the user's server. If the server agrees, the client's
   * connection carries the bytes of both afterwards. Every other answer is an ordinary one.
   */
  private void open(
      Exchange exchange,
      int port,
      ProxyPath path,
      AppConnection connection,
      ForwardedRequest request,
      SocketHandshake handshake,
      AppSockets.Place place)
      throws IOException, HttpException {
    connection.silence(HANDSHAKE_LIMIT);
    ClassicHttpResponse response = connection.send(request.request());
    if (response.getCode() != SWITCHING_PROTOCOLS) {
      answer(exchange, port, path, response);
      return;
    }
    if (!handshake.isAnsweredBy(response)) {
      throw new HttpException("the answer does not belong to the request for a WebSocket");
    }
    InputStream fromApp = connection.switchedInput(response);
    connection.silence(Duration.ZERO);
    new AnswerHeaders(response, exchange.http().answer()).copy();
    exchange.status(SWITCHING_PROTOCOLS);
    AppSocket.replace(exchange.http(), connection, fromApp, place);
  }

  private void answer(Exchange exchange, int port, ProxyPath path, ClassicHttpResponse response)
      throws IOException {
    AnswerHeaders headers = new AnswerHeaders(response, exchange.http().answer());
    String host = Optional.ofNullable(exchange.http().request().getHeader("Host")).orElse("");
    headers.redirect(
        new Redirects(
            port, path.path(), ForwardedRequest.prefix(exchange.http().request(), port), host),
        port);
    headers.copy();
    var own = policy.ofServer(headers.type(), exchange.header("Sec-Fetch-Dest"));
    headers.policy(Optional.ofNullable(own.get(PagePolicy.POLICY)));
    if (own.containsKey("Vary")) {
      exchange.http().answer().addHeader("Vary", own.get("Vary"));
    }
    exchange.status(response.getCode());
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      withoutBody(exchange, response);
      return;
    }
    if (entity.getContentLength() >= 0) {
      exchange.length(entity.getContentLength());
    }
    exchange.stream(out -> copy(entity, out));
  }

  /** Answers without a body. The answer to a HEAD has the length that the body would have. */
  private static void withoutBody(Exchange exchange, ClassicHttpResponse response)
      throws IOException {
    if (exchange.isHead()) {
      Header length = response.getFirstHeader("Content-Length");
      if (length != null && String.valueOf(length.getValue()).matches("[0-9]{1,18}")) {
        exchange.length(Long.parseLong(length.getValue()));
      }
      exchange.stream(out -> {});
    }
  }

  /**
   * Copies the body. Bytes that arrive slowly are passed on at once, and bytes that arrive fast are
   * passed on in large pieces.
   */
  private static void copy(HttpEntity entity, OutputStream out) throws IOException {
    try (InputStream in = entity.getContent()) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        if (in.available() == 0) {
          out.flush();
        }
      }
    }
  }
}
