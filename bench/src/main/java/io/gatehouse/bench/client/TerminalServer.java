package io.gatehouse.bench.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.entity.mime.InputStreamBody;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.util.Timeout;

/** A server with Open Terminal's API, in key mode with a user for each request. */
public final class TerminalServer implements Contestant {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Timeout LIMIT = Timeout.ofSeconds(60);
  private static final int MOST_CONNECTIONS = 64;

  /** How long Open WebUI asks the server to wait for a command. */
  private static final Duration WAIT = Duration.ofSeconds(10);

  /** Works on the caller's own thread: one that hands over to others would measure itself. */
  private final CloseableHttpClient http;

  private final String url;
  private final String key;
  private final String wait;

  public TerminalServer(String url, String key) {
    this(url, key, WAIT, LIMIT);
  }

  /**
   * @param wait whole seconds after which a command that is still running has failed
   * @param limit how long an answer may keep the caller waiting
   */
  public TerminalServer(String url, String key, Duration wait, Timeout limit) {
    PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
    connections.setMaxTotal(MOST_CONNECTIONS);
    connections.setDefaultMaxPerRoute(MOST_CONNECTIONS);
    connections.setDefaultConnectionConfig(
        ConnectionConfig.custom().setSocketTimeout(limit).build());
    this.http = HttpClients.createMinimal(connections);
    this.url = url;
    this.key = key;
    this.wait = "wait=" + wait.toSeconds();
  }

  /** The whole output of a command, and the time at which its last byte arrived. */
  public record Output(String text, long nanos) {}

  @Override
  public void run(String user, String command) {
    requireSuccess(parse(start(user, command)));
  }

  /** Runs a command to its end and reads everything it prints. */
  public Output runAndRead(String user, String command) {
    StringBuilder text = new StringBuilder();
    long begin = System.nanoTime();
    byte[] body = start(user, command);
    while (true) {
      long here = System.nanoTime();
      JsonNode answer = parse(body);
      answer.path("output").forEach(entry -> text.append(entry.path("data").textValue()));
      if (!answer.path("status").asText().equals("running")) {
        requireSuccess(answer);
        return new Output(text.toString(), here - begin);
      }
      body = next(user, answer.path("id").asText(), answer.path("next_offset").asLong());
    }
  }

  private byte[] start(String user, String command) {
    return send(user, "POST", "/execute?" + wait, Optional.of(bytes(Map.of("command", command))));
  }

  /** Starts a command, does not wait for it, and returns its id. */
  public String leaveRunning(String user, String command) {
    Map<String, ?> body = Map.of("command", command);
    return parse(send(user, "POST", "/execute", Optional.of(bytes(body)))).path("id").asText();
  }

  /** Ends all processes of a user. */
  public void endProcesses(String user) {
    send(user, "DELETE", "/processes", Optional.empty());
  }

  private byte[] next(String user, String id, long offset) {
    String path = "/execute/" + id + "/status?" + wait + "&offset=" + offset;
    return send(user, "GET", path, Optional.empty());
  }

  /** Gets a resource and returns its number of bytes. It keeps none of them. */
  public long get(String user, String path) {
    return get(user, path, OutputStream.nullOutputStream());
  }

  /** Gets a resource into the target and returns its number of bytes. */
  public long get(String user, String path, OutputStream target) {
    return copy(authorized(user, "GET", path), target);
  }

  /**
   * Sends a body in JSON, and returns the number of bytes of the answer, which go to the target.
   */
  public long post(String user, String path, Map<String, ?> body, OutputStream target) {
    ClassicRequestBuilder request = authorized(user, "POST", path);
    request.setEntity(bytes(body), ContentType.APPLICATION_JSON);
    return copy(request, target);
  }

  private long copy(ClassicRequestBuilder request, OutputStream target) {
    return execute(
        request,
        response -> {
          requireOk(response);
          try (InputStream body = response.getEntity().getContent()) {
            return body.transferTo(target);
          }
        });
  }

  /** Writes a text as a file. */
  public void write(String user, String path, String content) {
    send(
        user, "POST", "/files/write", Optional.of(bytes(Map.of("path", path, "content", content))));
  }

  /** Uploads a file, as browsers do. */
  public void upload(String user, String directory, String name, InputStream content) {
    ClassicRequestBuilder request =
        authorized(user, "POST", "/files/upload?directory=" + directory);
    request.setEntity(
        MultipartEntityBuilder.create()
            .addPart(
                "file", new InputStreamBody(content, ContentType.APPLICATION_OCTET_STREAM, name))
            .build());
    execute(request, TerminalServer::bodyOf);
  }

  /** Gets a resource in JSON. */
  public JsonNode ask(String user, String method, String path) {
    return parse(send(user, method, path, Optional.empty()));
  }

  /** Sends a body in JSON, and returns the answer, which is JSON too. */
  public JsonNode ask(String user, String method, String path, Map<String, ?> body) {
    return parse(send(user, method, path, Optional.of(bytes(body))));
  }

  /** The home of a user's account. */
  public String home(String user) {
    return runAndRead(user, "echo $HOME").text().strip();
  }

  /** An answer of any status. */
  public record Answer(int status, Map<String, String> headers, String text) {

    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
  }

  /** Posts a body in JSON with headers. */
  public Answer exchange(
      String user, String path, Map<String, String> headers, Map<String, ?> body) {
    ClassicRequestBuilder request = authorized(user, "POST", path);
    headers.forEach(request::setHeader);
    request.setEntity(bytes(body), ContentType.APPLICATION_JSON);
    return execute(
        request,
        response ->
            new Answer(
                response.getCode(),
                Stream.of(response.getHeaders())
                    .collect(
                        Collectors.toMap(
                            header -> header.getName().toLowerCase(Locale.ROOT),
                            header -> String.valueOf(header.getValue()),
                            (first, last) -> last)),
                response.getEntity() == null
                    ? ""
                    : new String(
                        EntityUtils.toByteArray(response.getEntity()), StandardCharsets.UTF_8)));
  }

  private static byte[] bytes(Map<String, ?> body) {
    try {
      return JSON.writeValueAsBytes(body);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Opens a terminal as a browser does. */
  public TerminalConnection openTerminal(String user) {
    byte[] answer = send(user, "POST", "/api/terminals", Optional.empty());
    String path = "/api/terminals/" + parse(answer).path("id").asText();
    return TerminalConnection.open(url + path, user, key);
  }

  private byte[] send(String user, String method, String path, Optional<byte[]> body) {
    ClassicRequestBuilder request = authorized(user, method, path);
    body.ifPresent(bytes -> request.setEntity(bytes, ContentType.APPLICATION_JSON));
    return execute(request, TerminalServer::bodyOf);
  }

  private ClassicRequestBuilder authorized(String user, String method, String path) {
    return ClassicRequestBuilder.create(method)
        .setUri(url + path)
        .addHeader("Authorization", "Bearer " + key)
        .addHeader("X-User-Id", user);
  }

  private <T> T execute(ClassicRequestBuilder request, HttpClientResponseHandler<T> handler) {
    try {
      return http.execute(request.build(), handler);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static byte[] bodyOf(ClassicHttpResponse response) throws IOException {
    requireOk(response);
    return EntityUtils.toByteArray(response.getEntity());
  }

  private static void requireOk(ClassicHttpResponse response) {
    if (response.getCode() != HttpStatus.SC_OK) {
      throw new IllegalStateException("a server answered " + response.getCode());
    }
  }

  public static JsonNode parse(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void requireSuccess(JsonNode answer) {
    if (!answer.path("status").asText().equals("done")
        || answer.path("exit_code").asInt(-1) != 0
        || answer.path("truncated").asBoolean()) {
      throw new IllegalStateException("a command did not end well: " + answer);
    }
  }
}
