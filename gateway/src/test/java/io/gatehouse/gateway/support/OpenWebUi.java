package io.gatehouse.gateway.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands in for Open WebUI, which Gatehouse asks whose token a token is. */
public final class OpenWebUi implements AutoCloseable {

  private final HttpServer server;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final AtomicInteger questions = new AtomicInteger();

  private OpenWebUi(String address) throws IOException {
    server = HttpServer.create(new InetSocketAddress(address, 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/api/v1/auths/", this::answer);
    server.start();
  }

  /** Starts on a free port of this address. */
  public static OpenWebUi start(String address) {
    try {
      return new OpenWebUi(address);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Makes this token the token of this user. */
  public void knows(String token, String id, String email, String role) {
    answers.put(
        "Bearer " + token,
        """
        {"id": "%s", "email": "%s", "name": "N", "role": "%s", "token": "%s", "token_type": "Bearer", "expires_at": null}
        """
            .formatted(id, email, role, token));
  }

  public void forgets(String token) {
    answers.remove("Bearer " + token);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public int questions() {
    return questions.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    questions.incrementAndGet();
    String answer = answers.get(exchange.getRequestHeaders().getFirst("Authorization"));
    byte[] body =
        (answer == null ? "{\"detail\": \"401 Unauthorized\"}" : answer)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Set-Cookie", "token=stolen");
    exchange.sendResponseHeaders(answer == null ? 401 : 200, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
