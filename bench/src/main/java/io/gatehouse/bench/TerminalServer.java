package io.gatehouse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A server with Open Terminal's API, in key mode with a user for each request. */
final class TerminalServer implements Contestant {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What Open WebUI asks to wait for a command. */
  private static final String WAIT = "wait=10";

  private final String url;
  private final String key;

  TerminalServer(String url, String key) {
    this.url = url;
    this.key = key;
  }

  /** All that a command printed, and the time until its last byte was here. */
  record Output(String text, long nanos) {}

  @Override
  public void run(String user, String command) {
    requireSuccess(parse(start(user, command)));
  }

  /** Runs a command to its end and reads everything it prints. */
  Output runAndRead(String user, String command) {
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
    try {
      byte[] body = JSON.writeValueAsBytes(Map.of("command", command));
      return send(user, "POST", "/execute?" + WAIT, Optional.of(body));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private byte[] next(String user, String id, long offset) {
    String path = "/execute/" + id + "/status?" + WAIT + "&offset=" + offset;
    return send(user, "GET", path, Optional.empty());
  }

  /** On the caller's own thread: a client that hands over to others would measure itself. */
  private byte[] send(String user, String method, String path, Optional<byte[]> body) {
    try {
      HttpURLConnection request =
          (HttpURLConnection) URI.create(url + path).toURL().openConnection();
      request.setRequestMethod(method);
      request.setReadTimeout((int) LIMIT.toMillis());
      request.setRequestProperty("Authorization", "Bearer " + key);
      request.setRequestProperty("X-User-Id", user);
      request.setRequestProperty("Content-Type", "application/json");
      if (body.isPresent()) {
        request.setDoOutput(true);
        request.setFixedLengthStreamingMode(body.get().length);
        try (OutputStream out = request.getOutputStream()) {
          out.write(body.get());
        }
      }
      if (request.getResponseCode() != HttpURLConnection.HTTP_OK) {
        throw new IllegalStateException(url + path + " answered " + request.getResponseCode());
      }
      try (InputStream in = request.getInputStream()) {
        return in.readAllBytes();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static JsonNode parse(byte[] body) {
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
