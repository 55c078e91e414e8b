package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What models are told about the machine, in a real login. */
final class EnvironmentIT {

  private static final String KEY = "environment-test-key";

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client anybody;
  private static Client alice;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of());
    anybody =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY));
    alice = anybody.user("alice");
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  @Test
  void tellsWhatACommandWouldFindOut() {
    Client chat = alice.chat("environment-chat");
    assertThat(chat.run("mkdir -p work").exitCode()).isZero();
    assertThat(chat.post("/files/cwd", Map.of("path", "work")).status()).isEqualTo(200);
    Answer answer = chat.get("/environment");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    JsonNode found = answer.json();
    assertThat(found.at("/account/name").asText()).isEqualTo("ghitalice");
    assertThat(found.at("/account/home").asText()).isEqualTo("/home/ghitalice");
    assertThat(found.path("directory").asText()).isEqualTo("/home/ghitalice/work");
    assertThat(found.at("/system/kernel").asText())
        .isEqualTo(alice.run("uname -r").output().strip());
    assertThat(found.at("/system/arch").asText()).isEqualTo(alice.run("uname -m").output().strip());
    long free = Long.parseLong(alice.run("stat -f -c %a ~").output().strip());
    long block = Long.parseLong(alice.run("stat -f -c %S ~").output().strip());
    assertThat(found.at("/limits/free_bytes_in_home").asDouble())
        .isBetween(0.8 * free * block, 1.2 * free * block);
    // The limits are in the folder of OPEN_TERMINAL_RUNTIME_DIR, which is another than in the
    // image.
    assertThat(found.at("/limits/processes").asText())
        .isEqualTo(alice.run("ulimit -u").output().strip());
    found
        .path("tools")
        .forEach(
            tool ->
                assertThat(
                        alice.run("command -v " + tool.asText().replaceAll(" .*", "")).exitCode())
                    .as(tool.asText())
                    .isZero());
  }

  /** A process of sshd answers, which is there already. */
  @Test
  void costsNoLoginAndNoProgram() {
    assertThat(alice.get("/environment").status()).isEqualTo(200);
    long logins = sshd.logins("ghitalice");
    String before = RealSshd.run("pgrep", "-u", "ghitalice");
    long[] nanos = new long[100];
    for (int i = 0; i < nanos.length; i++) {
      long begin = System.nanoTime();
      assertThat(alice.get("/environment").status()).isEqualTo(200);
      nanos[i] = System.nanoTime() - begin;
    }
    Arrays.sort(nanos);
    System.out.printf("/environment: %.2f ms%n", nanos[50] / 1e6);
    assertThat(nanos[50]).isLessThan(20_000_000);
    assertThat(sshd.logins("ghitalice")).isEqualTo(logins);
    assertThat(RealSshd.run("pgrep", "-u", "ghitalice")).isEqualTo(before);
  }

  @Test
  void tellsNothingOfOthersAndNoSecret() {
    Client bob = anybody.user("bobby");
    assertThat(bob.run("true").exitCode()).isZero();
    for (String path :
        new String[] {
          "/environment", "/environment?user_id=bobby", "/environment?account=ghitbobby"
        }) {
      Answer answer = alice.get(path);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body())
          .contains("ghitalice")
          .doesNotContain("bobby", KEY, "OPEN_TERMINAL", "GATEHOUSE", "gatehouse-it", ".ssh")
          .doesNotContain(System.getenv("PATH"));
    }
    assertThat(bob.get("/environment").body()).contains("ghitbobby").doesNotContain("alice");
    assertThat(anybody.with("Authorization", "Bearer x").user("alice").get("/environment").status())
        .isEqualTo(401);
  }

  @Test
  void isTurnedOffTogetherWithPatches() {
    try (RunningGateway without =
        sshd.startGateway(KEY, Map.of("GATEHOUSE_EXTRA_TOOLS", "false"))) {
      Client client =
          new Client(
              "http://127.0.0.1:" + without.port(),
              Map.of("Authorization", "Bearer " + KEY, "X-User-Id", "alice"));
      assertThat(client.get("/environment").status()).isEqualTo(404);
      assertThat(client.post("/files/patch", Map.of("patch", "x")).status()).isEqualTo(404);
      assertThat(client.get("/openapi.json").body())
          .contains("run_command")
          .doesNotContain("apply_patch", "get_environment");
    }
  }
}
