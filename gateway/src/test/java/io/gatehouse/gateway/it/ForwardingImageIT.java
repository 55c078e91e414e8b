package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.Networks;
import io.gatehouse.gateway.support.PlainSsh;
import io.gatehouse.gateway.support.RealSshd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.testcontainers.containers.GenericContainer;

/**
 * Tests what people's ssh clients can connect to (ssh -L), where the admin allows it, in the two
 * tiers that keep accounts from others' ports. sshd.bats tests what sshd refuses in every tier.
 */
@Tag("image")
final class ForwardingImageIT {

  private static final String KEY = "SECRET-key";
  private static final int ALICES = 7001;
  private static final int BOBS = 7002;

  @TempDir static Path keys;

  @ParameterizedTest
  @EnumSource(Networks.class)
  void reachesTheAccountsOwnServersAndNothingElse(Networks networks) {
    String volume = "gatehouse-forwarding-it-" + UUID.randomUUID();
    Map<String, String> settings = new HashMap<>(networks.settings());
    settings.put("OPEN_TERMINAL_API_KEY", KEY);
    settings.put("OPEN_TERMINAL_USER_ISOLATION", "true");
    settings.put("GATEHOUSE_PEOPLE_FORWARDING", "true");
    GatehouseImage.createBoundedVolume(volume, "100m");
    try (GenericContainer<?> netguard = networks.startNetguard();
        GenericContainer<?> gatehouse =
            GatehouseImage.startBeside(netguard, volume, settings, networks::ofGatehouse)) {
      assertThat(gatehouse.isRunning()).isTrue();
      Path key = keys.resolve(networks.name());
      PlainSsh.makeKey(key, "alice");
      Client alice = GatehouseImage.client(netguard, KEY).user("aliceid");
      PlainSsh.letIn(alice, key);
      serve(alice, ALICES);
      serve(GatehouseImage.client(netguard, KEY).user("bobbyid"), BOBS);
      int port = GatehouseImage.peoplePort(netguard);
      assertThat(ask(key, port, "localhost", ALICES)).contains("own-page");
      assertThat(ask(key, port, "127.0.0.1", ALICES)).contains("own-page");
      for (int closed : List.of(BOBS, 8000, 2022, 2222)) {
        assertThat(ask(key, port, "localhost", closed))
            .as("port " + closed)
            .doesNotContain("own-page", "status", "HTTP/1", "SSH-2.0");
      }
      for (String other :
          List.of("169.254.169.254", "127.0.0.11", "198.18.0.1", "example.org", "0.0.0.0")) {
        assertThat(ask(key, port, other, ALICES)).contains("administratively prohibited");
      }
    } finally {
      GatehouseImage.removeVolume(volume);
    }
  }

  private static void serve(Client user, int port) {
    assertThat(
            user.post("/files/write", Map.of("path", "www/page", "content", "own-page")).status())
        .isEqualTo(200);
    String command = "exec python3 -m http.server -d www -b 127.0.0.1 " + port;
    assertThat(user.post("/execute?wait=0", Map.of("command", command)).status()).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> user.get("/ports").body().contains("\"port\":" + port + ","));
  }

  /** What a server answers a request for the page, or what ssh says instead. */
  private static String ask(Path key, int port, String host, int target) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/bin/bash",
                "-c",
                "(printf 'GET /page HTTP/1.0\\r\\n\\r\\n'; sleep 3) | timeout 8 \"$@\"",
                "ssh"));
    command.addAll(
        PlainSsh.command(key, port, "aliceid", "-W", host + ":" + target).stream()
            // With less, ssh does not say what sshd answers.
            .map(word -> word.equals("LogLevel=ERROR") ? "LogLevel=INFO" : word)
            .toList());
    return RealSshd.run(command.toArray(String[]::new));
  }
}
