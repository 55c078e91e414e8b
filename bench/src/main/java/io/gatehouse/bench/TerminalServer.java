package io.gatehouse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** A server with Open Terminal's API, in key mode with a user for each request. */
final class TerminalServer implements Contestant {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What Open WebUI asks to wait for a command. */
  private static final String WAIT = "wait=10";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
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
      return send(
          user,
          "POST",
          "/execute?" + WAIT,
          BodyPublishers.ofByteArray(JSON.writeValueAsBytes(Map.of("command", command))));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private byte[] next(String user, String id, long offset) {
    return send(
        user,
        "GET",
        "/execute/" + id + "/status?" + WAIT + "&offset=" + offset,
        BodyPublishers.noBody());
  }

  private byte[] send(String user, String method, String path, BodyPublisher body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(LIMIT)
            .header("Authorization", "Bearer " + key)
            .header("X-User-Id", user)
            .header("Content-Type", "application/json")
            .method(method, body)
            .build();
    try {
      HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(url + path + " answered " + response.statusCode());
      }
      return response.body();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interruption) {
      throw new IllegalStateException(interruption);
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
