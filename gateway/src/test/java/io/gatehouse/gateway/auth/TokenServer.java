package io.gatehouse.gateway.auth;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Stands in for Open WebUI on loopback, and remembers what it was asked. */
final class TokenServer implements AutoCloseable {

  /** One request as the server has received it. */
  record Seen(String method, String uri, Headers headers) {

    String authorization() {
      return headers.getFirst("Authorization");
    }
  }

  /** How the server answers one token. */
  interface Answer {
    void write(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();

  TokenServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  List<Seen> seen() {
    return List.copyOf(seen);
  }

  int calls() {
    return seen.size();
  }

  void answer(String token, Answer answer) {
    answers.put("Bearer " + token, answer);
  }

  /** Answers this token on one path only, and with 403 on the others. */
  void answerAt(String path, String token, Answer answer) {
    answer(
        token,
        exchange ->
            (exchange.getRequestURI().getPath().equals(path)
                    ? answer
                    : json(403, "{\"detail\": \"A human session is required.\"}"))
                .write(exchange));
  }

  /** The answer of Open WebUI for a user, with everything it sends beside what we read. */
  static String userJson(String token, String id, String role, String expiresAt) {
    return """
    {"id": "%s", "email": "%s@example.org", "name": "Some One", "role": "%s",
     "profile_image_url": "/user.png", "token": "%s", "token_type": "Bearer",
     "expires_at": %s, "permissions": {"chat": {"file_upload": true}}, "bio": null}
    """
        .formatted(id, id, role, token, expiresAt);
  }

  void accept(String token, String id, String role) {
    accept(token, id, role, "null");
  }

  void accept(String token, String id, String role, String expiresAt) {
    answer(token, json(200, userJson(token, id, role, expiresAt)));
  }

  static Answer json(int status, String body) {
    return exchange -> {
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Headers copy = new Headers();
      copy.putAll(exchange.getRequestHeaders());
      Seen request =
          new Seen(exchange.getRequestMethod(), exchange.getRequestURI().toString(), copy);
      seen.add(request);
      String authorization = String.valueOf(request.authorization());
      answers
          .getOrDefault(authorization, json(401, "{\"detail\": \"Invalid token\"}"))
          .write(exchange);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
