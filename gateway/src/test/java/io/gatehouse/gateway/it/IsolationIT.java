package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.isolation.IsolationException;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the gateway's answers about isolation, and how it ends users' remaining processes. */
@Timeout(120)
final class IsolationIT {

  private static final String KEY = "isolation-key";

  private static final String TARGET = "ghitgatehouse-target";

  private static RealSshd sshd;
  private static RunningGateway gateway;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    Path limits = directory.resolve("limits.conf");
    Files.write(
        limits,
        List.of(
            "* - require limits",
            "ghitstrict - require limits,loopback,memory",
            "ghitmodest - require homes,limits,shared-folders",
            "ghitlaxity - core unlimited"));
    sshd =
        RealSshd.start(Map.of("GATEHOUSE_LIMIT_IDLE", "1", "GATEHOUSE_LIMITS", limits.toString()));
    gateway = sshd.startGateway(KEY, Map.of("OPEN_TERMINAL_REQUIRE_ISOLATION", "homes,limits"));
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static Client client(String user) {
    return client(gateway, user);
  }

  private static Client client(RunningGateway gateway, String user) {
    return new Client(
        "http://127.0.0.1:" + gateway.port(),
        Map.of("Authorization", "Bearer " + KEY, "X-User-Id", user));
  }

  /** One of the measures of an answer. */
  private static JsonNode measure(Client.Answer answer, String word) {
    for (JsonNode measure : answer.json().path("measures")) {
      if (measure.path("measure").asText().equals(word)) {
        return measure;
      }
    }
    throw new AssertionError("no measure " + word + " in " + answer.body());
  }

  @Test
  void tellsACallerWhatHoldsForTheirOwnLogin() {
    Client.Answer answer = client("anna").get("/isolation");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("account").asText()).isEqualTo("ghitanna");
    assertThat(answer.json().path("user_isolation").asBoolean()).isTrue();
    assertThat(answer.json().path("measures")).hasSize(14);
    assertThat(measure(answer, "homes").path("in_force").asBoolean()).isTrue();
    assertThat(measure(answer, "homes").path("required").asBoolean()).isTrue();
    assertThat(measure(answer, "limits").path("evidence").asText())
        .isEqualTo("processes 512, files 4096, core dumps 0");
    // Nothing on the test's machine isolates users in these respects.
    assertThat(measure(answer, "loopback").path("in_force").asBoolean()).isFalse();
    assertThat(measure(answer, "loopback").path("evidence").asText())
        .isEqualTo("reached: another's server, sshd, gateway");
    assertThat(measure(answer, "processes").path("in_force").asBoolean()).isFalse();
    assertThat(measure(answer, "processes").path("required").asBoolean()).isFalse();
  }

  @Test
  void servesNobodyOfWhomMoreIsRequiredThanIsInForce() {
    Client strict = client("strict");
    String reason =
        "this login is refused; required for ghitstrict, and not in force: loopback, memory";
    for (Client.Answer refused :
        List.of(
            strict.run("id"), strict.get("/files/list?directory=."), strict.get("/isolation"))) {
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.json().path("detail").asText()).isEqualTo(reason);
    }
    assertThat(client("laxity").run("id").json().path("detail").asText())
        .endsWith("required for ghitlaxity, and not in force: limits");
    assertThat(client("lenient").run("id -un").output()).isEqualTo("ghitlenient\n");
  }

  @Test
  void tellsWhatIsRequiredOfTheCaller() throws IOException {
    // In /tmp of a machine that is not the image, names are listed.
    Client modest = client("modest");
    assertThat(modest.run("id").json().path("detail").asText())
        .endsWith("not in force: shared-folders");
    // This writes the measure as if the gateway had found it in force. The login that was refused
    // does not prevent the next one.
    Files.writeString(
        Path.of(sshd.environment().getOrDefault("OPEN_TERMINAL_RUNTIME_DIR", ""))
            .resolve("isolation/in-force"),
        "homes\nshared-folders\n");
    assertThat(modest.run("id -un").output()).isEqualTo("ghitmodest\n");
    Client lenient = client("lenient");
    assertThat(measure(lenient.get("/isolation"), "limits").path("required").asBoolean()).isTrue();
    assertThat(measure(lenient.get("/isolation"), "memory").path("required").asBoolean()).isFalse();
  }

  @Test
  void findsWhatAUserHasUndone() {
    Client client = client("openhome");
    client.run("true");
    RealSshd.run("chmod", "755", homeOfTarget());
    try {
      JsonNode homes = measure(client.get("/isolation"), "homes");
      assertThat(homes.path("in_force").asBoolean()).isFalse();
      assertThat(homes.path("evidence").asText()).isEqualTo("possible: list, read");
    } finally {
      RealSshd.run("chmod", "700", homeOfTarget());
    }
  }

  private static String homeOfTarget() {
    return sshd.environment().get("OPEN_TERMINAL_STATE_DIR") + "/reserved/" + TARGET;
  }

  @Test
  void showsUsersNoHomesOfItsOwnAccounts() {
    Client client = client("looks");
    assertThat(client.get("/isolation").status()).isEqualTo(200);
    assertThat(client.get("/files/list?directory=/home").body())
        .contains("ghitlooks")
        .doesNotContain("ghitgatehouse-caller", TARGET);
    assertThat(client.run("ls " + homeOfTarget()).output()).contains("Permission denied");
    assertThat(client.run("ls " + homeOfTarget().replaceFirst("/[^/]*$", "")).output())
        .contains("Permission denied");
    assertThat(RealSshd.run("stat", "-c", "%U %a", homeOfTarget())).isEqualTo(TARGET + " 700\n");
  }

  @Test
  void leavesNothingOfAProbeBehind() {
    assertThat(client("anna").get("/isolation").status()).isEqualTo(200);
    assertThat(thingsOfTarget()).isEmpty();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(RealSshd.run("pgrep", "-u", TARGET, "perl")).isEmpty());
  }

  @Test
  void leavesNothingOfAProbeDuringWhichTheGatewayStops() throws InterruptedException {
    for (int round = 0; round < 5; round++) {
      RunningGateway stopping = sshd.startGateway(KEY, Map.of());
      Client client = client(stopping, "bruno");
      Thread request = Thread.startVirtualThread(() -> client.get("/isolation"));
      try {
        await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(5))
            .until(() -> !thingsOfTarget().isEmpty());
      } finally {
        stopping.close();
      }
      request.join();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(thingsOfTarget()).isEmpty());
    }
  }

  /** The files, shared memory and message queues that the target's probe has made. */
  private static String thingsOfTarget() {
    return RealSshd.run(
        "/bin/bash",
        "-c",
        "uid=$(id -u "
            + TARGET
            + "); find /tmp /var/tmp /dev/shm -maxdepth 1 -uid $uid -name 'gatehouse-probe-*';"
            + " awk -v uid=$uid '$8 == uid' /proc/sysvipc/shm /proc/sysvipc/msg");
  }

  @Test
  void isReadyWithTheMeasuresInForce() {
    Client.Answer answer =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of()).get("/health/ready");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("status").asText()).isEqualTo("ok");
    assertThat(answer.json().path("isolation").toString())
        .contains("\"homes\"", "\"limits\"")
        .doesNotContain("loopback");
  }

  @Test
  void startsNotWithoutAMeasureThatIsRequired() {
    Map<String, String> settings =
        Map.of("OPEN_TERMINAL_REQUIRE_ISOLATION", "homes,memory,loopback");
    assertThatThrownBy(() -> sshd.startGateway(KEY, settings).close())
        .isInstanceOfSatisfying(
            IsolationException.class,
            refusal ->
                assertThat(refusal.reason()).isEqualTo(IsolationException.Reason.NOT_IN_FORCE))
        .hasMessage(
            "these measures are required, but not in force: loopback (reached: another's server,"
                + " sshd, gateway); memory (no group of its own)");
  }

  @Test
  void startsNotWhereDomainsAreSetAndNothingKeepsToThem() {
    Map<String, String> settings = Map.of("OPEN_TERMINAL_ALLOWED_DOMAINS", "pypi.org");
    assertThatThrownBy(() -> sshd.startGateway(KEY, settings).close())
        .isInstanceOf(IsolationException.class)
        .hasMessageContaining("egress (every address can be sent to)");
  }

  @Test
  void endsAForkBombOnDemand() {
    Client mallory = client("mallory");
    fill(mallory, "ghitmallory", "f() { f | f & }; f; sleep 100");
    assertThat(mallory.delete("/processes").json().path("status").asText()).isEqualTo("ended");
    assertThat(Integer.parseInt(count("ghitmallory"))).isLessThan(10);
    assertThat(mallory.run("echo back").output()).isEqualTo("back\n");
  }

  @Test
  void endsProcessesThatSpinOnDemand() {
    Client spinner = client("spinner");
    fill(
        spinner,
        "ghitspinner",
        "perl -e 'for (1..400) { fork or do { alarm 60; 1 while 1 } } sleep 60' & sleep 60");
    assertThat(spinner.run("nice").output()).isEqualTo("19\n");
    assertThat(spinner.delete("/processes").json().path("status").asText()).isEqualTo("ended");
    assertThat(Integer.parseInt(count("ghitspinner"))).isLessThan(10);
  }

  @Test
  void endsProcessesAlsoWhenTheProgramThatDoesHasEnded() {
    Client helena = client("helena");
    helena.run("setsid -f sleep 97 >/dev/null 2>&1");
    String folder = sshd.environment().getOrDefault("OPEN_TERMINAL_RUNTIME_DIR", "");
    for (int time = 0; time < 5; time++) {
      assertThat(helena.delete("/processes").status()).isEqualTo(200);
      assertThat(count("ghithelena")).isEqualTo("0");
      RealSshd.run("pkill", "-KILL", "-f", folder + "/root-helper");
      helena.run("setsid -f sleep 97 >/dev/null 2>&1");
    }
    assertThat(helena.delete("/processes").status()).isEqualTo(200);
  }

  /** Starts a command that makes hundreds of processes, and waits for them. */
  private static void fill(Client client, String account, String command) {
    assertThat(client.post("/execute", Map.of("command", command)).status()).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> assertThat(Integer.parseInt(count(account))).as("processes").isGreaterThan(300));
  }

  private static String count(String account) {
    return RealSshd.run("/bin/bash", "-c", "ps -o stat= -u " + account + " | grep -vc '^Z'")
        .strip();
  }

  @Test
  void tellsOfACommandThatTheBoundsDoNotLetBegin() {
    Client full = client("fullness");
    full.post("/execute", Map.of("command", "while sleep 99 & do :; done 2>/dev/null; sleep 99"));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(Integer.parseInt(count("ghitfullness"))).isGreaterThan(505));
    Client.Answer refused = full.run("echo token-of-fullness");
    assertThat(refused.status()).isEqualTo(200);
    assertThat(refused.exitCode()).isEqualTo(126);
    assertThat(refused.output()).contains("could not be started");
    assertThat(full.delete("/processes").status()).isEqualTo(200);
    assertThat(full.run("echo back").output()).isEqualTo("back\n");
  }

  @Test
  void endsNobodyElsesProcesses() {
    client("bernd")
        .run(
            "setsid -f sleep 98 >/dev/null 2>&1; setsid -f sh -c 'while sleep 0.2; do :; done'"
                + " >/dev/null 2>&1");
    // A login that is in use, so that the idle limit leaves it alone.
    var bobs = client("bernd").runAsync("sleep 3; pgrep -c -x sleep -u ghitbernd");
    assertThat(client("eve").delete("/processes").status()).isEqualTo(200);
    assertThat(Integer.parseInt(bobs.join().output().strip())).isPositive();
  }

  @Test
  void endsWhatIsLeftAfterTheLastUse() {
    Client carol = client("carol");
    carol.run("setsid -f sleep 97 >/dev/null 2>&1");
    assertThat(Integer.parseInt(count("ghitcarol"))).isPositive();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(count("ghitcarol")).isEqualTo("0"));
    assertThat(carol.run("echo again").output()).isEqualTo("again\n");
  }

  @Test
  void leavesWhatRunsInAUsedLogin() {
    Client dora = client("dora");
    dora.run("setsid -f sleep 96 >/dev/null 2>&1");
    assertThat(dora.run("sleep 8; pgrep -c -x sleep -u ghitdora").output()).isEqualTo("1\n");
  }
}
