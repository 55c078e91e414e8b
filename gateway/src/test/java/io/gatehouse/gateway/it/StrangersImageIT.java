package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.Timing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

/**
 * Tests thousands of connections by somebody without credentials, to a gateway with a small heap,
 * while a user works.
 */
@Tag("image")
@Tag("alone") // it measures how quickly the other user works
final class StrangersImageIT {

  /** Memory of the container, in bytes. The gateway's heap gets two fifths of it: 256 MB. */
  private static final long MEMORY = 640L * 1024 * 1024;

  private static final int OF_EACH_KIND = 500;
  private static final int ROUNDS = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * The first bytes of a hostile client. It sends one byte a second afterwards, and connects again.
   */
  private static final List<String> BEGINNINGS =
      List.of(
          "",
          "GET / HTTP/1.1\r\nHost: a\r\nA: ",
          "GET / HTTP/1.1\r\nHost: a\r\n" + "a:b\r\n".repeat(12_500),
          "GET / HTTP/1.1\r\nHost: a\r\n" + ("a: " + "b".repeat(480) + "\r\n").repeat(95),
          "POST /files/write HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n"
              + "x".repeat(8_000),
          """
          GET /api/terminals/none HTTP/1.1
          Host: a
          Upgrade: websocket
          Connection: Upgrade
          Sec-WebSocket-Version: 13
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

          """
              .replace("\n", "\r\n"));

  private static final String VOLUME = "gatehouse-it-" + UUID.randomUUID();

  private static final int PORT = 8000;

  private static GenericContainer<?> gatehouse;

  /** The container's own address: Docker's proxy on loopback would be the first to give up. */
  private static String address;

  @BeforeAll
  static void start() {
    gatehouse =
        GatehouseImage.start(
            VOLUME,
            Map.of("OPEN_TERMINAL_API_KEY", "key", "OPEN_TERMINAL_USER_ISOLATION", "true"),
            host -> {
              var unused = host.withMemory(MEMORY);
            });
    address = GatehouseImage.ownAddress(gatehouse);
  }

  @AfterAll
  static void stop() {
    if (gatehouse != null) {
      gatehouse.stop();
    }
    GatehouseImage.removeVolume(VOLUME);
  }

  @Test
  void holdNothingBack() throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    assertThat(send(client, command())).contains("\"exit_code\":0");
    List<Long> health = new ArrayList<>();
    List<Long> commands = new ArrayList<>();
    List<Socket> hostile = new CopyOnWriteArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (String beginning : BEGINNINGS) {
          for (int i = 0; i < OF_EACH_KIND; i++) {
            var unused = clients.submit(() -> annoy(beginning, hostile));
          }
        }
        for (int round = 0; round < ROUNDS; round++) {
          health.add(Timing.time(() -> assertThat(send(client, get("/health"))).contains("ok")));
          commands.add(
              Timing.time(() -> assertThat(send(client, command())).contains("\"exit_code\":0")));
          TimeUnit.MILLISECONDS.sleep(200);
        }
      } finally {
        clients.shutdownNow();
        for (Socket socket : hostile) {
          socket.close();
        }
      }
    }
    System.out.printf(
        "%d hostile connections opened: /health %s ms, true %s ms (95th percentiles of %d)%n",
        hostile.size(), Timing.percentile(health), Timing.percentile(commands), ROUNDS);
    assertThat(hostile).hasSizeGreaterThan(BEGINNINGS.size() * OF_EACH_KIND / 2);
    assertThat(gatehouse.getLogs()).doesNotContain("OutOfMemoryError");
  }

  /** Connects again whenever the server has closed the connection, until it is interrupted. */
  private static Void annoy(String beginning, List<Socket> hostile) throws InterruptedException {
    while (true) {
      try (Socket socket = new Socket(InetAddress.getByName(address), PORT)) {
        hostile.add(socket);
        socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
        while (true) {
          TimeUnit.SECONDS.sleep(1);
          socket.getOutputStream().write('c');
        }
      } catch (IOException closed) {
        TimeUnit.SECONDS.sleep(1);
      }
    }
  }

  private static HttpRequest get(String path) {
    return request(path).build();
  }

  private static HttpRequest command() {
    return request("/execute?wait=10")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString("{\"command\": \"true\"}"))
        .build();
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + address + ":" + PORT + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer key")
        .header("X-User-Id", "a-user-who-works");
  }

  private static String send(HttpClient client, HttpRequest request)
      throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString()).body();
  }
}
