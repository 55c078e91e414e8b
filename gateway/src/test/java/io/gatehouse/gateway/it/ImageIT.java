package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.model.HostConfig;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.OpenWebUi;
import io.gatehouse.gateway.support.PlainSsh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;

/** Tests the image as it is delivered, in session mode, with two containers on one volume. */
@Tag("image")
final class ImageIT {

  private static final String VOLUME = "gatehouse-it-" + UUID.randomUUID();

  /** The cache of the program that reads documents. */
  private static final String CACHE = "/usr/lib/gatehouse/program/documents/documents.aot";

  private static OpenWebUi openWebUi;
  private static GenericContainer<?> container;

  @BeforeAll
  static void start() {
    openWebUi = OpenWebUi.start(GatehouseImage.bridgeAddress());
    openWebUi.knows("alices-token", "a1b2c3d4-0000", "alice@example.org", "user");
    openWebUi.knows("bobs-token", "b1b2c3d4-0000", "bob@example.org", "admin");
    container = started();
  }

  private static GenericContainer<?> started() {
    return GatehouseImage.start(
        VOLUME,
        Map.of(
            "OPEN_TERMINAL_OWUI_URL",
            "http://" + GatehouseImage.bridgeAddress() + ":" + openWebUi.port(),
            "OPEN_TERMINAL_USER_ISOLATION",
            "true"));
  }

  @AfterAll
  static void stop() {
    if (container != null) {
      container.stop();
      GatehouseImage.removeVolume(VOLUME);
    }
    if (openWebUi != null) {
      openWebUi.close();
    }
  }

  private static Client withToken(String token) {
    return GatehouseImage.client(container, token);
  }

  @Test
  void keepsAliceAndBobApartAndTheirAccountsOverANewContainer() {
    Client alice = withToken("alices-token");
    Client bob = withToken("bobs-token");
    assertThat(alice.run("id -un; pwd").output()).isEqualTo("alice\n/home/alice\n");
    assertThat(bob.run("id -un; pwd").output()).isEqualTo("bob\n/home/bob\n");
    String uid = alice.run("echo mine > diary; id -u").output();
    assertThat(bob.run("cat /home/alice/diary").output()).contains("Permission denied");
    String hostKey = hostKey();

    container.stop();
    container = started();

    assertThat(execute("id", "-u", "alice")).isEqualTo(uid);
    assertThat(withToken("alices-token").run("id -u; cat diary").output())
        .isEqualTo(uid + "mine\n");
    assertThat(withToken("bobs-token").run("cat /home/alice/diary").output())
        .contains("Permission denied");
    assertThat(hostKey()).isEqualTo(hostKey);
  }

  private static String hostKey() {
    return execute("cat", "/run/gatehouse/ssh_host_ed25519_key.pub");
  }

  @Test
  void letsPeopleInByTheirOwnKeysAndNamesThemInTheLog(@TempDir Path keys)
      throws IOException, InterruptedException {
    Path key = keys.resolve("key");
    PlainSsh.makeKey(key, "alice@laptop");
    Client alice = withToken("alices-token");
    PlainSsh.letIn(alice, key);
    assertThat(GatehouseImage.ssh(container, key, "alice", "id -un; rsync --version | head -1"))
        .startsWith("alice\nrsync");
    String logged = " has the key \"alice@laptop\" in ~/.ssh/authorized_keys";
    for (int i = 0; i < 50 && !container.getLogs().contains(logged); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(container.getLogs())
        .containsPattern(
            "sshd: Accepted publickey for alice from [0-9.]+ port [0-9]+ ssh2: ED25519"
                + " SHA256:[A-Za-z0-9+/]{43}\n")
        .containsPattern("sshd: alice from [0-9.]+ port [0-9]+" + Pattern.quote(logged));
  }

  /** Where the dead are taken away at once, an end is quicker than the news of it. */
  @Test
  void servesWhoComesRightAfterTheEndOfAllProcesses() {
    Client alice = withToken("alices-token");
    for (int time = 0; time < 30; time++) {
      assertThat(alice.get("/files/list?directory=.").status()).isEqualTo(200);
      assertThat(alice.delete("/processes").status()).isEqualTo(200);
    }
  }

  @Test
  void runsTheGatewayWithoutAnyPrivilege() {
    String status = execute("sh", "-c", "cat /proc/$(pgrep -x java)/status");
    assertThat(status)
        .containsPattern("CapEff:\\s+0000000000000000")
        .containsPattern("CapBnd:\\s+0000000000000000")
        .containsPattern("NoNewPrivs:\\s+1");
    assertThat(execute("sh", "-c", "ps -o user= -C java")).isEqualTo("gateway\n");
  }

  /**
   * The JVM starts without the cache if it does not fit its options or the program. It prints
   * warnings of {@code aot} then, and has not mapped the file.
   */
  @Test
  void theGatewayUsesTheAotCacheWhichOnlyRootCanChange() {
    String cache = "/usr/lib/gatehouse/program/gatehouse.aot";

    assertThat(
            execute(
                "sh",
                "-c",
                "setpriv --reuid gateway --regid gateway --clear-groups grep -o '"
                    + cache
                    + "' /proc/$(pgrep -x java)/maps | sort -u"))
        .isEqualTo(cache + "\n");
    assertThat(container.getLogs()).doesNotContain("[aot]");
    assertThat(execute("stat", "-c", "%U %a %F", cache)).isEqualTo("root 444 regular file\n");
    assertThat(execute("sh", "-c", "find / -xdev -name '*.aot' | sort -r"))
        .isEqualTo(cache + "\n/usr/lib/gatehouse/program/documents/documents.aot\n");
    assertThat(execute("find", "/usr/lib/gatehouse", "!", "-uid", "0", "-o", "-perm", "/022"))
        .doesNotContain("/program");
    assertThat(withToken("alices-token").run("echo mine > " + cache).output())
        .contains("Permission denied");
  }

  /**
   * With this mode, a JVM ends if it cannot use its cache. Users' logins have the variable, and so
   * has the gateway's JVM. A cache that cannot be used shows that the option reaches the program.
   */
  @Test
  void readsDocumentsWithTheAotCache(@TempDir Path folder) throws IOException {
    Path noCache = Files.writeString(folder.resolve("documents.aot"), "no cache");
    Answer read = readMail(host -> {});
    assertThat(read.status()).as(read.body()).isEqualTo(200);
    assertThat(read.body()).contains("the text of a mail");
    Answer failed = readMail(host -> GatehouseImage.addBind(host, noCache.toString(), CACHE));
    assertThat(failed.status()).as(failed.body()).isNotEqualTo(200);
  }

  private static Answer readMail(Consumer<HostConfig> options) {
    String volume = "gatehouse-it-" + UUID.randomUUID();
    String key = "the-key-of-this-test";
    try (GenericContainer<?> gatehouse =
        GatehouseImage.start(
            volume,
            Map.of(
                "OPEN_TERMINAL_API_KEY",
                key,
                "OPEN_TERMINAL_USER_ISOLATION",
                "true",
                "GATEHOUSE_USER_ENVIRONMENT",
                "JDK_JAVA_OPTIONS",
                "JDK_JAVA_OPTIONS",
                "-XX:AOTMode=on"),
            options)) {
      Client alice = GatehouseImage.client(gatehouse, key).user("aliceid");
      String mail = "Subject: s\nContent-Type: text/plain\n\nthe text of a mail\n";
      assertThat(alice.post("/files/write", Map.of("path", "mail.eml", "content", mail)).status())
          .isEqualTo(200);
      return alice.get("/files/read?path=mail.eml");
    } finally {
      GatehouseImage.removeVolume(volume);
    }
  }

  @Test
  void hasNoProgramThatBecomesRoot() {
    assertThat(execute("find", "/", "-xdev", "-perm", "/6000", "-type", "f")).isEmpty();
    Answer answer =
        withToken("alices-token")
            .run(
                "su -c id </dev/null; sudo -n id; cat /run/gatehouse/provisioner_ed25519"
                    + " /etc/shadow; id -u");
    assertThat(answer.output()).doesNotContain("uid=0").contains("Permission denied");
  }

  @Test
  void givesCommandsNothingOfTheGatewaysEnvironment() {
    assertThat(withToken("alices-token").run("env; cat /proc/[0-9]*/environ 2>/dev/null").output())
        .doesNotContain("OPEN_TERMINAL")
        .doesNotContain("MOTD_SHOWN");
  }

  @Test
  void endsWithAMessageWhenSshdDies() throws InterruptedException {
    try (GenericContainer<?> doomed = new GenericContainer<>(GatehouseImage.NAME)) {
      doomed
          .withEnv("OPEN_TERMINAL_API_KEY", "k")
          .withExposedPorts(8000)
          .waitingFor(Wait.forHttp("/health").withStartupTimeout(Duration.ofSeconds(60)))
          .start();
      doomed.execInContainer("sh", "-c", "kill -9 $(pgrep -f 'sshd.*listener')");
      try (WaitContainerResultCallback end =
          doomed
              .getDockerClient()
              .waitContainerCmd(doomed.getContainerId())
              .exec(new WaitContainerResultCallback())) {
        assertThat(end.awaitStatusCode(20, TimeUnit.SECONDS)).isNotZero();
      }
      assertThat(doomed.getLogs()).contains("gatehouse: sshd ended with status 137; stopping");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void takesOverTheVolumeOfASingleUserDeployment() {
    String volume = VOLUME + "-single";
    try (GenericContainer<?> before =
            GatehouseImage.onVolume(volume)
                .withCreateContainerCmdModifier(
                    command ->
                        command.withEntrypoint(
                            "sh",
                            "-c",
                            "mkdir -m 755 /home/user; echo old > /home/user/file;"
                                + " chown -R 1000:1000 /home/user"))
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy());
        GenericContainer<?> gatehouse = started(volume, before)) {
      Client anybody = GatehouseImage.client(gatehouse, "k");
      assertThat(anybody.run("id -un; id -u; pwd; cat file").output())
          .isEqualTo("user\n1000\n/home/user\nold\n");
      assertThat(anybody.user("somebody").run("id -un").output()).isEqualTo("user\n");
    } finally {
      GatehouseImage.removeVolume(volume);
    }
  }

  private static GenericContainer<?> started(String volume, GenericContainer<?> before) {
    before.start();
    return GatehouseImage.start(volume, Map.of("OPEN_TERMINAL_API_KEY", "k"));
  }

  @Test
  void endsCleanlyWithinTheTimeThatDockerGives() throws IOException, InterruptedException {
    String volume = VOLUME + "-stop";
    try (GenericContainer<?> gatehouse =
        GatehouseImage.start(volume, Map.of("OPEN_TERMINAL_API_KEY", "k"))) {
      Client anybody = GatehouseImage.client(gatehouse, "k");
      anybody.post("/execute", Map.of("command", "trap '' TERM HUP; sleep 600"));
      // Docker kills the container after this many seconds, and the status would then be 137.
      gatehouse
          .getDockerClient()
          .stopContainerCmd(gatehouse.getContainerId())
          .withTimeout(10)
          .exec();
      assertThat(gatehouse.getCurrentContainerInfo().getState().getExitCodeLong()).isZero();
    } finally {
      GatehouseImage.removeVolume(volume);
    }
  }

  private static String execute(String... command) {
    return GatehouseImage.runAsRoot(container, command).getStdout();
  }
}
