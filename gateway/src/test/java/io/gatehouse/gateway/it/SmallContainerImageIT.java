package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.TerminalClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.GenericContainer;

/** Tests twenty users in the smallest container that is promised (docs/how-to/limits.md). */
@Tag("image")
@Timeout(180)
final class SmallContainerImageIT {

  private static final long MEMORY = 256L << 20;
  private static final int USERS = 20;

  /** How many of them have a terminal open at the same time. Each takes about 6 MB. */
  private static final int WITH_TERMINAL = 8;

  private static final int COMMANDS_OF_EACH = 10;

  /** The characters of each user's file. */
  private static final int FILE = 500_000;

  private static final String VOLUME = "gatehouse-it-" + UUID.randomUUID();

  private static GenericContainer<?> gatehouse;

  @BeforeAll
  static void start() {
    gatehouse =
        GatehouseImage.start(
            VOLUME,
            Map.of("OPEN_TERMINAL_API_KEY", "key", "OPEN_TERMINAL_USER_ISOLATION", "true"),
            host -> {
              var unused = host.withMemory(MEMORY).withMemorySwap(MEMORY);
            });
  }

  @AfterAll
  static void stop() {
    if (gatehouse != null) {
      gatehouse.stop();
    }
    GatehouseImage.removeVolume(VOLUME);
  }

  @Test
  void isEnoughForTwentyUsers() throws Exception {
    try (ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> working =
          IntStream.range(0, USERS)
              .<Future<?>>mapToObj(number -> users.submit(() -> work(user(number))))
              .toList();
      for (Future<?> each : working) {
        each.get();
      }
    }
    List<TerminalClient> terminals = new ArrayList<>();
    try {
      for (int number = 0; number < WITH_TERMINAL; number++) {
        terminals.add(open(user(number)));
      }
      for (int number = 0; number < WITH_TERMINAL; number++) {
        assertThat(terminals.get(number).run("id -un")).isEqualTo(user(number) + "\n");
      }
    } finally {
      terminals.forEach(TerminalClient::close);
    }
    assertThat(read("cat /sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events"))
        .containsPattern("(?m)^oom_kill 0$");
    assertThat(gatehouse.getLogs()).doesNotContain("out of memory", "OutOfMemoryError");
  }

  private static String user(int number) {
    return "user" + number;
  }

  private static Client client(String user) {
    return GatehouseImage.client(gatehouse, "key").user(user);
  }

  /** Runs commands, and writes and reads a file. */
  private static void work(String user) {
    Client client = client(user);
    for (int i = 0; i < COMMANDS_OF_EACH; i++) {
      assertThat(client.run("id -un").output()).isEqualTo(user + "\n");
    }
    String text = (user + " ").repeat(FILE / (user.length() + 1));
    assertThat(client.post("/files/write", Map.of("path", "notes", "content", text)).status())
        .isEqualTo(200);
    assertThat(client.get("/files/read?path=notes").json().path("content").asText())
        .isEqualTo(text);
  }

  private static TerminalClient open(String user) {
    Answer answer = client(user).send("POST", "/api/terminals", null);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    TerminalClient terminal =
        TerminalClient.connect(
                GatehouseImage.address(gatehouse), answer.json().path("id").asText(), user)
            .auth("key");
    assertThat(terminal.run("id -un")).isEqualTo(user + "\n");
    return terminal;
  }

  @Test
  void boundsTheGatewaysBuffersByTheContainersLimit() {
    assertThat(read("tr '\\0' ' ' </proc/$(pgrep -x java)/cmdline"))
        .contains(" -XX:MaxRAMPercentage=40 ", " -XX:MaxDirectMemorySize=" + MEMORY / 8 + " ");
  }

  private static String read(String script) {
    return GatehouseImage.runAsRoot(gatehouse, "bash", "-c", script + " 2>/dev/null").getStdout();
  }
}
