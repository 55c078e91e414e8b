package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.gatehouse.gateway.it.Attack.Witness;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.Networks;
import io.gatehouse.gateway.support.RawRequests;
import io.gatehouse.gateway.support.TerminalClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;

/**
 * Runs every {@link Attack} in the real image, on each tier of isolation, and compares the outcome
 * with the table in SECURITY.md. So each promise there is tested, and each attack that it calls
 * open really works.
 */
@Tag("image")
@Tag("alone")
final class AttackIT {

  private static final String KEY = "SECRET-key";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int LONGEST_EVIDENCE = 100;

  /**
   * Less than the memory of an account, because a file system in memory counts as the account's
   * memory.
   */
  private static final String DISK = "160m";

  private static final AttackTable TABLE = AttackTable.beginningWith("| attack by a user");

  private static final String ALICE = "aliceid";
  private static final String BOB = "bobbyid";

  /** A container with its users, and the facts about them that an attack may know. */
  private static final class Scene {

    private final Tier tier;
    private final String volume = "gatehouse-attack-it-" + UUID.randomUUID();
    private final Optional<GenericContainer<?>> netguard;
    private final GenericContainer<?> container;
    private final Map<String, String> variables = new TreeMap<>();

    /** Ends the users and containers that were started, the last one first. */
    private final Deque<Runnable> ends = new ArrayDeque<>();

    private Scene(Tier tier, Path groups) {
      this.tier = tier;
      variables.put("BOB", "/home/" + BOB);
      variables.put("BOBS_TMPDIR", "/var/lib/gatehouse/tmp/" + BOB);
      variables.put("SSH", ssh("~", 2222));
      variables.put("GATEWAY_SSH", ssh("/home/" + ALICE, 2022));
      try {
        GatehouseImage.createBoundedVolume(volume, DISK);
        ends.push(() -> GatehouseImage.removeVolume(volume));
        this.netguard = tier.networks().map(Networks::startNetguard);
        netguard.ifPresent(guard -> ends.push(guard::stop));
        this.container =
            tier.start(
                netguard,
                volume,
                tier.settings(KEY),
                host -> GatehouseImage.addBind(host, groups.toString(), "/etc/gatehouse/groups"));
        ends.push(container::stop);
        prepare();
      } catch (RuntimeException | AssertionError failure) {
        close();
        throw failure;
      }
    }

    private static String ssh(String home, int port) {
      return "ssh -n -F none -i %s/.ssh/gateway_ed25519 -p %d -o BatchMode=yes -o LogLevel=ERROR -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=5"
          .formatted(home, port);
    }

    private void prepare() {
      // With their own keys, the users log in on the port for people.
      List.of(ALICE, BOB)
          .forEach(id -> user(id).run("cp ~/.ssh/gateway_ed25519.pub ~/.ssh/authorized_keys"));
      String pid = user(BOB).run(BOBS_LIFE).output().strip();
      assertThat(pid).matches("[0-9]+");
      variables.put("PID", pid);
      String id = user(BOB).send("POST", "/api/terminals", null).json().path("id").asText();
      TerminalClient bobsTerminal =
          TerminalClient.connect(GatehouseImage.address(front()), id, BOB).auth(KEY);
      ends.push(bobsTerminal::close);
      variables.put("TTY", bobsTerminal.run("tty").strip());
      variables.put("GATEWAY", asRoot("pgrep -x java").strip());
    }

    /** The container that has the ports. */
    private GenericContainer<?> front() {
      return netguard.orElse(container);
    }

    private Client user(String id) {
      return GatehouseImage.client(front(), KEY).user(id);
    }

    /** The scene for attacks through ports, with alice's server started. */
    private PortAttack.Scene ports() {
      PortAttack.Scene scene =
          new PortAttack.Scene(
              GatehouseImage.port(front()), KEY, ALICE, BOB, 7011, tier.networks().isEmpty());
      scene.serve();
      return scene;
    }

    /** The scene for attacks by skills, with bob's skill and those of the admin. */
    private SkillAttack.Scene skills() {
      return SkillAttack.Scene.prepare(
          new RawRequests(GatehouseImage.port(front()), KEY, ALICE),
          new RawRequests(GatehouseImage.port(front()), KEY, BOB),
          "/etc/gatehouse",
          command -> {
            var done = GatehouseImage.runAsRoot(container, "bash", "-c", command);
            assertThat(done.getExitCode()).as(done.getStderr()).isZero();
          });
    }

    private String asRoot(String command) {
      var done = GatehouseImage.runAsRoot(container, "bash", "-c", command);
      return done.getStdout() + done.getStderr();
    }

    private String asUser(String id, String command) {
      return user(id).run(withVariables(command)).output();
    }

    private String asWitness(Attack attack) {
      return attack.witness() == Witness.BOB
          ? asUser(BOB, attack.command())
          : asRoot(withVariables(attack.command()));
    }

    private String withVariables(String command) {
      return variables.entrySet().stream()
          .map(entry -> "export " + entry.getKey() + "=\"" + entry.getValue() + "\"\n")
          .collect(Collectors.joining("", "", command));
    }

    /** Runs an attack and returns its outcome. Afterwards alice's account is as it was before. */
    private String outcome(Attack attack) {
      String evidence = asUser(ALICE, attack.command());
      if (attack.afterwards().isPresent()) {
        var then = attack.afterwards().get();
        evidence = asUser(then.user(), then.command());
      }
      assertThat(user(ALICE).delete("/processes").status()).isEqualTo(200);
      tidy();
      String outcome = attack.leak().matcher(evidence).find() ? "LEAK" : "ISOLATED";
      System.out.printf(
          "%-13s %-8s %s: %s%n",
          tier.column(), outcome, attack.name(), shortened(attack.leak(), evidence));
      return outcome;
    }

    /** Deletes files that alice left, because they would disturb the next attack. */
    private void tidy() {
      // Alice's next commands would read this file.
      Client.Answer deleted = user(ALICE).delete("/files/delete?path=.bashrc");
      assertThat(deleted.status()).as(deleted.body()).isIn(200, 404);
      var unused = user(ALICE).run("rm -f ~/all*");
    }

    /** The line of the output with the leak; without a leak the last line, which has the error. */
    private static String shortened(Pattern leak, String evidence) {
      List<String> lines = evidence.strip().lines().toList();
      String line =
          lines.stream()
              .filter(each -> leak.matcher(each).find())
              .findFirst()
              .orElseGet(() -> lines.isEmpty() ? "(nothing)" : lines.getLast());
      return line.substring(0, Math.min(line.length(), LONGEST_EVIDENCE));
    }

    private void close() {
      while (!ends.isEmpty()) {
        ends.pop().run();
      }
    }
  }

  /** A command by which bob makes everything that an attacker may want. It prints a process id. */
  private static final String BOBS_LIFE =
      """
      mkdir -p ~/open; echo SECRET-b0b >~/secret; echo SECRET-b0b >~/open/file; chmod -R a+rwX ~/open; chmod a+r ~/secret
      for folder in /tmp /var/tmp /dev/shm; do echo SECRET-b0b >$folder/bobs-file; done
      echo SECRET-b0b >$TMPDIR/file
      perl -e '$id = shmget(4711, 16, 01666); shmwrite($id, "SECRET-b0b", 0, 16)' 2>/dev/null
      perl -e '$id = msgget(4711, 01666); msgsnd($id, pack("l! a*", 1, "SECRET-b0b"), 0)' 2>/dev/null
      python3 -c 'import ctypes, os; ctypes.CDLL(None).mq_open(b"/bobs-queue", os.O_RDWR | os.O_CREAT, 0o666, None)' 2>/dev/null
      (cd ~/open; python3 -m http.server --bind 127.0.0.1 7001 >/dev/null 2>&1 &)
      (cd ~/open; python3 -m http.server --bind 0.0.0.0 7002 >/dev/null 2>&1 &)
      (python3 -c '
      import socket
      server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      server.bind(("127.0.0.1", 7003))
      while True: server.sendto(b"SECRET-b0b", server.recvfrom(9)[1])
      ' >/dev/null 2>&1 &)
      (python3 -c '
      import os, socket, threading
      os.umask(0)
      listeners = [socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
      listeners[0].bind("\\0bobs-socket")
      listeners[1].bind(os.path.expanduser("~/open/socket"))
      def serve(listener):
          listener.listen()
          while True: listener.accept()[0].send(b"SECRET-b0b")
      for listener in listeners: threading.Thread(target=serve, args=[listener]).start()
      ' >/dev/null 2>&1 &)
      (TOKEN=SECRET-b0b sleep 4711 7<~/open/file >/dev/null 2>&1 &)
      sleep 1
      pgrep -u bobbyid -x sleep
      """;

  private static Scene plain;
  private static Scene compose;
  private static Scene hardened;
  private static Scene namespaces;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    Path groups =
        Files.writeString(folder.resolve("groups"), SkillAttack.groups("aliceid", "bobbyid"));
    plain = new Scene(Tier.PLAIN, groups);
    compose = new Scene(Tier.COMPOSE, groups);
    hardened = new Scene(Tier.HARDENED, groups);
    namespaces = new Scene(Tier.NAMESPACES, groups);
  }

  @AfterAll
  static void stop() {
    scenes().filter(each -> each != null).forEach(Scene::close);
  }

  private static Stream<Scene> scenes() {
    return Stream.of(plain, compose, hardened, namespaces);
  }

  /** An attack that nobody can do would prove nothing, so its witness must succeed. */
  @TestFactory
  Stream<DynamicTest> isAnAttack() {
    return Attack.ALL.stream()
        .filter(attack -> attack.witness() != Witness.NOBODY)
        .map(
            attack ->
                dynamicTest(
                    attack.name(),
                    () -> assertThat(plain.asWitness(attack)).containsPattern(attack.leak())));
  }

  @TestFactory
  Stream<DynamicTest> endsAsPromised() {
    return scenes()
        .flatMap(
            scene ->
                Attack.ALL.stream()
                    .map(
                        attack ->
                            dynamicTest(
                                scene.tier.column() + ": " + attack.name(),
                                () ->
                                    assertThat(scene.outcome(attack))
                                        .isEqualTo(promised(attack, scene.tier)))));
  }

  @TestFactory
  Stream<DynamicTest> saysThatTheDiskIsFullToANewUser() {
    return Stream.of(plain, compose, hardened)
        .map(scene -> dynamicTest(scene.tier.column(), () -> saysThatTheDiskIsFull(scene)));
  }

  private static void saysThatTheDiskIsFull(Scene scene) {
    scene.asUser(ALICE, Attack.FILL_DISK);
    Client late = scene.user("lateuser");
    Client.Answer refusal = late.post("/execute?wait=5", Map.of("command", "echo works"));
    scene.tidy();
    assertThat(refusal.status()).as(refusal.body()).isEqualTo(507);
    assertThat(refusal.json().path("detail").asText()).contains("the disk").contains("full");
    assertThat(late.run("echo works; stat -c '%U %a' ~; ls ~/.ssh").output())
        .contains("works", "lateuser 700", "gateway_ed25519");
  }

  /**
   * Traps that carol leaves, to live on after her account is removed, or to make root reach into
   * bob's home: programs that ignore signals, and links in the places where root disables, deletes
   * and archives.
   */
  private static final String CAROLS_TRAPS =
      """
      ln -s /home/bobbyid ~/trap; ln -s /home/bobbyid $TMPDIR/trap; mkdir -m 0 ~/closed
      mkdir -p ~/deep/$(printf 'd/%.0s' $(seq 500)); touch ~/"$(printf 'a\\nb')" ~/-rf
      for n in 1 2 3; do setsid -f sh -c 'trap "" HUP TERM INT; while :; do sleep 4712; done' >/dev/null 2>&1; done
      """;

  @TestFactory
  Stream<DynamicTest> endsAnAccountAndNothingOfItsNeighbour() {
    return scenes()
        .flatMap(
            scene ->
                Stream.of("keep", "archive", "delete")
                    .map(
                        how ->
                            dynamicTest(
                                scene.tier.column() + ": --" + how,
                                () -> endsAnAccount(scene, how))));
  }

  private static void endsAnAccount(Scene scene, String how) {
    // Account names have the first eight characters of an id.
    String carol = how.substring(0, 3) + "carol";
    String uid = scene.asUser(carol, "id -u").strip();
    scene.asUser(carol, CAROLS_TRAPS);
    assertThat(scene.asRoot("pgrep -c -u " + uid).strip()).isNotEqualTo("0");

    assertThat(scene.asRoot("gatehouse users disable " + carol))
        .isEqualTo(carol + " is disabled\n");
    assertThat(scene.asRoot("pgrep -c -u " + uid)).isEqualTo("0\n");
    assertThat(scene.user(carol).post("/execute", Map.of("command", "true")).status())
        .isEqualTo(403);

    assertThat(scene.asRoot("gatehouse users enable " + carol)).isEqualTo(carol + " is enabled\n");
    await()
        .atMost(LIMIT)
        .until(() -> scene.user(carol).post("/execute", Map.of("command", "true")).status() == 200);
    scene.asUser(carol, CAROLS_TRAPS);
    assertThat(scene.asRoot("gatehouse users remove " + carol + " --" + how))
        .contains("no other account gets its uid " + uid);

    assertThat(scene.asRoot("pgrep -c -u " + uid)).isEqualTo("0\n");
    assertThat(
            scene.asRoot(
                "find / -xdev -uid " + uid + " 2>/dev/null | grep -v '^/home/" + carol + "'"))
        .isEmpty();
    assertThat(scene.asRoot("test -e /home/" + carol + " && echo home").isEmpty())
        .isEqualTo(!how.equals("keep"));
    assertThat(scene.user(carol).post("/execute", Map.of("command", "true")).status())
        .isEqualTo(403);
    // Bob has lost neither files nor processes.
    assertThat(scene.asUser(BOB, "cat ~/secret ~/open/file $TMPDIR/file; ps -o comm= -p $PID"))
        .isEqualTo("SECRET-b0b\n".repeat(3) + "sleep\n");
  }

  @TestFactory
  Stream<DynamicTest> proxiesToNoPortOfAnother() {
    return scenes()
        .map(scene -> dynamicTest(scene.tier.column(), () -> proxiesToNoPortOfAnother(scene)));
  }

  /** Bob's server of files, each door of sshd, the gateway itself, and sshd's door with IPv6. */
  private static void proxiesToNoPortOfAnother(Scene scene) {
    await()
        .atMost(LIMIT)
        .until(() -> scene.user(BOB).get("/ports").body().contains("\"port\":7001,"));
    assertThat(scene.user(BOB).get("/proxy/7001/file").body()).contains("SECRET-b0b");
    assertThat(scene.user(ALICE).run("true").exitCode()).isZero();
    assertThat(scene.user(ALICE).get("/ports").body()).doesNotContain("7001", "2022", "2222");
    for (int port : List.of(7001, 2022, 2222, 8000, 53, 80)) {
      Client.Answer answer = scene.user(ALICE).get("/proxy/" + port + "/file");
      assertThat(answer.status()).as(port + ": " + answer.body()).isIn(404, 504);
      assertThat(answer.body()).doesNotContain("SECRET-b0b", "SSH-2.0", "status");
    }
    for (int port : List.of(2022, 2222, 8000)) {
      assertThat(scene.user(BOB).get("/proxy/" + port + "/").status()).isIn(404, 504);
    }
  }

  @TestFactory
  Stream<DynamicTest> keepsAttacksThroughPortsOut() {
    return scenes()
        .flatMap(
            scene -> {
              PortAttack.Scene ports = scene.ports();
              return PortAttack.ALL.stream()
                  .map(
                      attack ->
                          dynamicTest(
                              scene.tier.column() + ": " + attack.name(),
                              () -> attack.attempt().accept(ports)));
            });
  }

  @TestFactory
  Stream<DynamicTest> keepsAttacksBySkillsOut() {
    return scenes()
        .flatMap(
            scene -> {
              SkillAttack.Scene skills = scene.skills();
              return SkillAttack.ALL.stream()
                  .map(
                      attack ->
                          dynamicTest(
                              scene.tier.column() + ": " + attack.name(),
                              () -> attack.tryOn(skills)));
            });
  }

  @Test
  void otherTablesHaveEveryAttackOnceAndPromiseThatNoneSucceeds() {
    AttackTable.beginningWith("| attack through a port")
        .requireIsolated(PortAttack.ALL.stream().map(PortAttack::name).toList());
    AttackTable.beginningWith("| attack by a skill")
        .requireIsolated(SkillAttack.ALL.stream().map(SkillAttack::name).toList());
  }

  @TestFactory
  Stream<DynamicTest> saysWhatIsInForce() {
    return scenes().map(scene -> dynamicTest(scene.tier.column(), () -> saysWhatIsInForce(scene)));
  }

  private static void saysWhatIsInForce(Scene scene) {
    Client.Answer answer = scene.user(ALICE).get("/isolation");
    assertThat(answer.status()).isEqualTo(200);
    List<String> inForce =
        StreamSupport.stream(answer.json().path("measures").spliterator(), false)
            .filter(measure -> measure.path("in_force").asBoolean())
            .map(measure -> measure.path("measure").asText())
            .toList();
    System.out.println(scene.tier.column() + ": in force are " + inForce);
    assertThat(inForce).contains(scene.tier.required().split(","));
    assertThat(inForce.contains("sockets")).isEqualTo(scene == namespaces);
  }

  @Test
  void requiresWhatTheComposeFilesDo() throws IOException {
    assertThat(Files.readString(Path.of("../compose.yaml")))
        .contains("OPEN_TERMINAL_REQUIRE_ISOLATION: " + Tier.COMPOSE.required() + "\n");
    assertThat(Files.readString(Path.of("../compose.hardened.yaml")))
        .contains("OPEN_TERMINAL_REQUIRE_ISOLATION: " + Tier.HARDENED.required() + "\n");
    assertThat(Files.readString(Path.of("../compose.namespaces.yaml")))
        .contains("OPEN_TERMINAL_REQUIRE_ISOLATION: " + Tier.NAMESPACES.required() + "\n");
  }

  @Test
  void tableHasEveryAttackOnce() {
    assertThat(TABLE.names())
        .containsExactlyElementsOf(Attack.ALL.stream().map(Attack::name).toList());
  }

  private static String promised(Attack attack, Tier tier) {
    int column = TABLE.header().indexOf(tier.column());
    return TABLE.rows().stream()
        .filter(row -> row.getFirst().equals(attack.name()))
        .map(row -> row.get(column).equals("isolated") ? "ISOLATED" : "LEAK")
        .findFirst()
        .orElse("no row in SECURITY.md");
  }
}
