package io.gatehouse.gateway.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Talks to a gateway as Open WebUI does: one bearer, one user, perhaps in a chat. */
public final class Client {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** An answer with its body as text and, where it is JSON, as a tree. */
  public record Answer(int status, String body, HttpResponse<?> response) {

    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException failure) {
        throw new UncheckedIOException(body, failure);
      }
    }

    public String detail() {
      return json().path("detail").asText();
    }

    /** Everything that the command of this answer printed. */
    public String output() {
      StringBuilder all = new StringBuilder();
      json().path("output").forEach(entry -> all.append(entry.path("data").asText()));
      return all.toString().replace("\r\n", "\n");
    }

    public int exitCode() {
      return json().path("exit_code").asInt(-1);
    }
  }

  private final HttpClient http;
  private final String base;
  private final Map<String, String> headers;

  public Client(String base, Map<String, String> headers) {
    this(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), base, headers);
  }

  private Client(HttpClient http, String base, Map<String, String> headers) {
    this.http = http;
    this.base = base;
    this.headers = Map.copyOf(headers);
  }

  /** The same client with one more header, or with another value for a header. */
  public Client with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Client(http, base, more);
  }

  public Client user(String id) {
    return with("X-User-Id", id);
  }

  public Client chat(String id) {
    return with("X-Session-Id", id);
  }

  public Answer get(String path) {
    return send("GET", path, null);
  }

  public Answer delete(String path) {
    return send("DELETE", path, null);
  }

  public Answer post(String path, Object body) {
    return send("POST", path, json(body));
  }

  /** Runs a command and waits for its end. */
  public Answer run(String command) {
    return run(Map.of("command", command));
  }

  public Answer run(Map<String, ?> body) {
    return post("/execute?wait=60", body);
  }

  public CompletableFuture<Answer> runAsync(String command) {
    return http.sendAsync(
            request("POST", "/execute?wait=60", json(Map.of("command", command))),
            BodyHandlers.ofString())
        .thenApply(Client::answer);
  }

  public Answer send(String method, String path, @Nullable String body) {
    return answer(exchange(request(method, path, body), BodyHandlers.ofString()));
  }

  /** An answer with its bytes. */
  public HttpResponse<byte[]> bytes(String path) {
    return exchange(request("GET", path, null), BodyHandlers.ofByteArray());
  }

  /** The number of bytes of an answer, which are not kept. */
  public long size(String path) {
    try (InputStream body =
        exchange(request("GET", path, null), BodyHandlers.ofInputStream()).body()) {
      return body.transferTo(OutputStream.nullOutputStream());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  public HttpResponse<byte[]> postForBytes(String path, Object body) {
    return exchange(request("POST", path, json(body)), BodyHandlers.ofByteArray());
  }

  /** Uploads a file as browsers do. */
  public Answer upload(String directory, String name, byte[] content) {
    return upload(directory, name, BodyPublishers.ofByteArray(content));
  }

  public Answer upload(String directory, String name, HttpRequest.BodyPublisher content) {
    String boundary = "----gatehouse-test-boundary";
    String head =
        "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type:"
                .formatted(boundary, name)
            + " application/octet-stream\r\n\r\n";
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(base + "/files/upload?directory=" + encode(directory)))
            .timeout(LIMIT)
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(
                BodyPublishers.concat(
                    BodyPublishers.ofString(head),
                    content,
                    BodyPublishers.ofString("\r\n--" + boundary + "--\r\n")));
    headers.forEach(builder::header);
    return answer(exchange(builder.build(), BodyHandlers.ofString()));
  }

  private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http.send(request, handler);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private HttpRequest request(String method, String path, @Nullable String body) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(LIMIT)
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    headers.forEach(builder::header);
    return builder.build();
  }

  private static Answer answer(HttpResponse<String> response) {
    return new Answer(response.statusCode(), response.body(), response);
  }

  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String json(Object body) {
    try {
      return JSON.writeValueAsString(body);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
