package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.support.RealSshd;
import io.gatehouse.gateway.support.TerminalClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A process in which the code of a released Open WebUI speaks to terminal servers: its router, its
 * tool calls, its users and their tokens ({@code src/test/openwebui/release.py}).
 */
final class OpenWebUiRelease implements AutoCloseable {

  /** A start takes ten seconds of processor time, most of it for the tables of the database. */
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A user of this release, with the token that it has issued. */
  record Person(String id, String token) {}

  private final String version;
  private final String host;
  private final int port;
  private final Process process;
  private final Path data;
  private final CompletableFuture<JsonNode> ready = new CompletableFuture<>();

  private OpenWebUiRelease(
      String version,
      String host,
      int port,
      List<Map<String, Object>> connections,
      List<String> users)
      throws IOException {
    this.version = version;
    this.host = host;
    this.port = port;
    Path folder = Path.of(Objects.requireNonNull(System.getenv("GATEHOUSE_OPENWEBUI_RELEASES")));
    data = Files.createTempDirectory("gatehouse-openwebui-");
    process =
        new ProcessBuilder(
                folder.resolve("venv/bin/python").toString(),
                Path.of("src/test/openwebui/release.py").toAbsolutePath().toString(),
                folder.resolve(version).toString(),
                data.toString(),
                host,
                Integer.toString(port))
            .redirectError(data.resolve("log").toFile())
            .start();
    try (OutputStream input = process.getOutputStream()) {
      input.write(JSON.writeValueAsBytes(Map.of("connections", connections, "users", users)));
    }
    Thread.ofVirtual().start(this::readOutput);
  }

  /**
   * Starts the process and does not wait for it.
   *
   * @param host the address of this machine at which it serves
   */
  static OpenWebUiRelease start(
      String version,
      String host,
      int port,
      List<Map<String, Object>> connections,
      List<String> users) {
    try {
      return new OpenWebUiRelease(version, host, port, connections, users);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A connection as an admin saves it, open to all users. */
  static Map<String, Object> connection(String id, String url, String authType, String key) {
    return Map.of(
        "id",
        id,
        "name",
        id,
        "url",
        url,
        "path",
        "/openapi.json",
        "auth_type",
        authType,
        "key",
        key,
        "enabled",
        true,
        "config",
        Map.of(
            "access_grants",
            List.of(Map.of("principal_type", "user", "principal_id", "*", "permission", "read"))));
  }

  /** It also prints lines about its migrations, besides the one that says that it serves. */
  private void readOutput() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith("{\"users\"")) {
          ready.complete(JSON.readTree(line));
        }
      }
    } catch (IOException failure) {
      ready.completeExceptionally(failure);
    }
    ready.completeExceptionally(new IllegalStateException("it has ended"));
  }

  String address() {
    return "http://" + host + ":" + port;
  }

  String version() {
    return version;
  }

  /**
   * Whether this release has this version or a later one. Versions are numbers with dots between
   * them.
   */
  boolean isAtLeast(String other) {
    return Arrays.compare(numbers(version), numbers(other)) >= 0;
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }

  /** Skips the calling test class if the releases are not installed. */
  static void assumeInstalled() {
    Assumptions.assumeTrue(
        !Optional.ofNullable(System.getenv("GATEHOUSE_OPENWEBUI_RELEASES")).orElse("").isEmpty(),
        "the releases of Open WebUI are not there (scripts/openwebui-releases.bash)");
  }

  /** Waits until it serves. */
  Person person(String name) {
    try {
      JsonNode user = ready.get(LIMIT.toSeconds(), TimeUnit.SECONDS).path("users").path(name);
      assertThat(user.isObject()).as(name).isTrue();
      return new Person(user.path("id").asText(), user.path("token").asText());
    } catch (java.util.concurrent.ExecutionException
        | java.util.concurrent.TimeoutException failure) {
      throw new AssertionError("it does not serve: " + log(), failure);
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Opens the socket of a terminal as a page does. */
  TerminalClient attach(String connection, String id, String token, String chat) {
    return TerminalClient.connect(address() + "/api/v1/terminals/" + connection, id, null)
        .text("{\"type\":\"auth\",\"token\":\"" + token + "\",\"chat_id\":\"" + chat + "\"}")
        .resize(90, 25);
  }

  /** The end of what it says on its standard error. */
  String log() {
    try {
      String log = Files.readString(data.resolve("log"));
      return log.substring(Math.max(0, log.length() - 3000));
    } catch (IOException failure) {
      return failure.toString();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
    RealSshd.run("rm", "-rf", data.toString());
  }
}
