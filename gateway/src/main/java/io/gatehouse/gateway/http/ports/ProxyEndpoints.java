package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.http.exchange.ClientGoneException;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.transfer.PagePolicy;
import io.gatehouse.gateway.ports.PortException;
import io.gatehouse.gateway.ports.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
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
  private static final long WEIGHT = 576 * 1024;

  private static final int BUFFER = 32 * 1024;
  private static final int LARGEST_PORT = 65_535;
  private static final int SWITCHING_PROTOCOLS = 101;

  private final AppConnections connections;
  private final PagePolicy policy;

  public ProxyEndpoints(Ports ports, PagePolicy policy) {
    this.connections = new AppConnections(ports);
    this.policy = policy;
  }

  public void forward(Exchange exchange) throws IOException {
    int port = exchange.query(ProxyQuery.class).port();
    if (port < 1 || port > LARGEST_PORT) {
      throw new RefusedException(422, "Port must be between 1 and " + LARGEST_PORT);
    }
    String query = Optional.ofNullable(exchange.http().request().getQueryString()).orElse("");
    ProxyPath path = ProxyPath.of(exchange.http().request().getRequestURI(), query, port);
    if (!path.complete()) {
      exchange.status(307).header("Location", port + "/" + (query.isEmpty() ? "" : "?" + query));
      return;
    }
    if (exchange.knownAccount().isEmpty()) {
      // No program runs in an account that does not exist yet.
      throw notFound();
    }
    Account account = exchange.openAccount();
    exchange.held().take(WEIGHT);
    connections.enter(account);
    try {
      forward(exchange, account, port, path);
    } catch (PortException failure) {
      throw refusal(failure);
    } finally {
      connections.leave(account);
    }
  }

  private static RefusedException notFound() {
    return new RefusedException(404, "Port not found");
  }

  private static RefusedException refusal(PortException failure) {
    String detail = String.valueOf(failure.getMessage());
    return switch (failure.reason()) {
      case NOT_FOUND -> notFound();
      case UNREACHABLE -> new RefusedException(502, detail);
      case TIMED_OUT -> new RefusedException(504, detail);
    };
  }

  private void forward(Exchange exchange, Account account, int port, ProxyPath path)
      throws IOException {
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
    } catch (AppConnection.ClientBodyException failure) {
      throw new RefusedException(
          400, "the request's body ends before its declared length; send the whole body");
    } catch (InterruptedIOException late) {
      throw new RefusedException(
          504,
          "The program on port "
              + port
              + " has sent nothing for "
              + AppConnection.SILENCE.toSeconds()
              + " seconds. Look at what the program prints, and try again.");
    } catch (HttpException failure) {
      throw noAnswer(port);
    } catch (IOException failure) {
      if (exchange.http().answer().isCommitted() || failure instanceof ClientGoneException) {
        throw failure;
      }
      throw noAnswer(port);
    } finally {
      if (whole) {
        connections.giveBack(account, port, connection);
      } else {
        connection.close();
      }
    }
  }

  private static RefusedException noAnswer(int port) {
    return new RefusedException(
        502,
        "The program on port "
            + port
            + " gave no answer in HTTP. Look at what the program prints; it must speak HTTP, not"
            + " HTTPS.");
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
