package io.gatehouse.gateway.it;

import static io.gatehouse.gateway.it.SkillRequests.SEEN;
import static io.gatehouse.gateway.it.SkillRequests.awaitNames;
import static io.gatehouse.gateway.it.SkillRequests.list;
import static io.gatehouse.gateway.it.SkillRequests.names;
import static io.gatehouse.gateway.it.SkillRequests.read;
import static io.gatehouse.gateway.it.SkillRequests.shell;
import static io.gatehouse.gateway.it.SkillRequests.skill;
import static io.gatehouse.gateway.support.Client.encode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RawRequests;
import io.gatehouse.gateway.support.RealSshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Skills over HTTP, through a real sshd, of two users with real accounts. */
final class SkillsIT {

  private static final String KEY = "skills-test-key";
  private static final String ALICES = "/home/ghitalice/.agents/skills";
  private static final String BOBS = "/home/ghitbobby/.agents/skills";
  private static final String SECRET = "SECRET-b0b";

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client anybody;
  private static Client alice;
  private static Client bob;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    Path groups =
        Files.writeString(folder.resolve("groups"), SkillAttack.groups("ghitalice", "ghitbobby"));
    sshd = RealSshd.start(Map.of("GATEHOUSE_GROUPS", groups.toString()));
    gateway = sshd.startGateway(KEY, Map.of());
    anybody =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY));
    alice = anybody.user("alice");
    bob = anybody.user("bobby");
    shell(bob, skill(BOBS, "private", SECRET));
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  @BeforeEach
  void begin() {
    // What the last test left is no longer remembered afterwards.
    shell(alice, "chmod -R u+rwX ~/.agents ~/.claude 2>/dev/null; rm -rf ~/.agents ~/.claude");
    RealSshd.run("rm", "-rf", sshd.etc() + "/skills", sshd.etc() + "/skills.d");
    awaitNames(alice, List.of());
  }

  /** Makes a skill as an admin does. */
  private static Path adminSkill(String root, String name) throws IOException {
    Path folder = Files.createDirectories(sshd.etc().resolve(root).resolve(name));
    Files.writeString(folder.resolve("SKILL.md"), "---\ndescription: " + root + "\n---\nDo it.\n");
    RealSshd.run("chmod", "-R", "a+rX", sshd.etc().resolve(root.replaceAll("/.*", "")).toString());
    return folder;
  }

  @Test
  void listsTheSkillsOfTheHomeTheGroupsAndTheAdmin() throws IOException {
    shell(alice, skill(ALICES, "a", "of alice") + ";" + skill(ALICES, "z", "of alice"));
    shell(alice, skill("/home/ghitalice/.claude/skills", "b", "of alice"));
    adminSkill("skills", "a");
    adminSkill("skills", "everybody");
    Path seminar = adminSkill("skills.d/students", "seminar");
    adminSkill("skills.d/teachers", "marks");
    adminSkill("skills.d/ghitalice", "alike");

    awaitNames(alice, List.of("a", "z", "b", "seminar", "everybody"));
    assertThat(list(alice).json().get(0).toString())
        .isEqualTo(
            "{\"id\":\"terminal:a\",\"name\":\"a\",\"description\":\"of alice\",\"location\":\""
                + ALICES
                + "/a/SKILL.md\",\"scope\":\"global\",\"source\":\"terminal\"}");
    awaitNames(bob, List.of("private", "a", "everybody"));

    // The admin keeps others from reading a group's folder, not only from seeing it in the list.
    RealSshd.run("chgrp", "-R", "gatehouse-students", seminar.getParent().toString());
    RealSshd.run("chmod", "-R", "o-rwx", seminar.getParent().toString());
    assertThat(read(alice, "seminar").json().path("content").asText()).isEqualTo("Do it.");
    assertThat(read(bob, "seminar").status()).isEqualTo(404);
    assertThat(bob.run("cat " + seminar + "/SKILL.md").exitCode()).isNotZero();
    // Nobody but the admin changes what the admin gives to all.
    assertThat(alice.run("echo >>" + sshd.etc() + "/skills/everybody/SKILL.md").exitCode())
        .isNotZero();
  }

  @Test
  void readsASkillInBothForms() {
    String name = "it's 100% / ünï";
    shell(
        alice,
        "mkdir -p "
            + ALICES
            + "/a/sub && cd "
            + ALICES
            + "/a && touch data.csv sub/run.py .hidden && printf -- '---\\r"
            + "\\n"
            + "name: \"it'\\''s 100%% / ünï\"\\r"
            + "\\n"
            + "description: >\\r"
            + "\\n"
            + "  two\\r"
            + "\\n"
            + "  lines\\r"
            + "\\n"
            + "---\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "# Title\\r"
            + "\\n"
            + "' >SKILL.md");
    awaitNames(alice, List.of(name));
    String id = list(alice).json().at("/0/id").asText();
    assertThat(id).isEqualTo("terminal:it%27s%20100%25%20%2F%20%C3%BCn%C3%AF");
    for (String path : List.of("/skills/read?name=" + encode(name), "/skills/" + id.substring(9))) {
      Answer answer = alice.get(path);
      assertThat(answer.status()).as(path + answer.body()).isEqualTo(200);
      assertThat(answer.json().path("content").asText()).isEqualTo("# Title");
      assertThat(answer.json().path("description").asText()).isEqualTo("two lines");
      assertThat(answer.json().path("id").asText()).isEqualTo(id);
      assertThat(answer.json().path("resources").toString())
          .isEqualTo("[\"data.csv\",\"sub/run.py\"]");
    }
    assertThat(read(alice, "none").detail()).isEqualTo("Skill not found");
    assertThat(alice.get("/skills/read").status()).isEqualTo(422);
    assertThat(anybody.with("Authorization", "Bearer no").user("alice").get("/skills").status())
        .isEqualTo(401);
  }

  /** One bad SKILL.md leaves itself out, and nothing else. */
  @Test
  void leavesOutWhatIsNoSkill() {
    shell(
        alice,
        skill(ALICES, "good", "good")
            + """
            ; cd ~/.agents/skills && mkdir fifo huge endless binary folder nothing loop closed plain
            mkfifo fifo/SKILL.md && mkdir folder/SKILL.md && ln -s SKILL.md loop/SKILL.md
            (printf -- '---\\ndescription: x\\n---\\n'; truncate -s 10G /dev/stdout) >huge/SKILL.md
            ln -s /dev/zero endless/SKILL.md; ln -s /dev/tty nothing/SKILL.md
            head -c 20000 /usr/bin/env >binary/SKILL.md
            printf -- '---\\ndescription: x\\n---\\n' >closed/SKILL.md; chmod 0 closed/SKILL.md
            echo text >plain/SKILL.md; touch file; mkfifo ~/.claude
            """);
    awaitNames(alice, List.of("good"));
    for (String name : List.of("fifo", "huge", "endless", "binary", "folder", "closed", "plain")) {
      assertThat(read(alice, name).status()).as(name).isEqualTo(404);
    }
  }

  /** A link to what the user may read is followed; {@link SkillAttack} has the other links. */
  @Test
  void followsALinkToASkillThatAllMayRead(@TempDir Path shared) throws IOException {
    Path folder = Files.createDirectory(shared.resolve("shared"));
    Files.writeString(folder.resolve("SKILL.md"), "---\ndescription: for all\n---\nDo it.\n");
    for (Path each : List.of(shared, folder)) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    shell(alice, "mkdir -p " + ALICES + "; ln -s " + folder + " " + ALICES + "/outside");
    awaitNames(alice, List.of("outside"));
  }

  @TestFactory
  Stream<DynamicTest> keepsAttacksOut() {
    SkillAttack.Scene scene =
        SkillAttack.Scene.prepare(
            new RawRequests(gateway.port(), KEY, "alice"),
            new RawRequests(gateway.port(), KEY, "bobby"),
            sshd.etc().toString(),
            command -> RealSshd.run("bash", "-c", command));
    return SkillAttack.ALL.stream()
        .map(attack -> dynamicTest(attack.name(), () -> attack.tryOn(scene)));
  }

  @Test
  void outlivesBombsOfYaml() {
    shell(
        alice,
        skill(ALICES, "good", "good")
            + """
            ; cd ~/.agents/skills && python3 - <<'PYTHON'
            import os
            def put(name, text):
                os.makedirs(name, exist_ok=True)
                open(name + '/SKILL.md', 'w').write('---\\n' + text + '\\n---\\nbody\\n')
            laughs = 'a0: &a0 ha\\n'
            for i in range(1, 60):
                laughs += 'a%d: &a%d [%s]\\n' % (i, i, ', '.join(['*a%d' % (i - 1)] * 20))
            put('aliases', laughs + 'description: *a59')
            put('merge', 'x: &x {<<: *x}\\ndescription: laughs')
            put('deep', 'x: ' + '[' * 15000 + '\\ndescription: deep')
            put('braces', 'x: ' + '{a: ' * 7000 + '\\ndescription: braces')
            put('indent', '\\n'.join(' ' * i + 'a:' for i in range(240)) + '\\ndescription: indent')
            put('large', 'description: ' + 'x' * 400000)
            put('keys', '\\n'.join('k%d: v' % i for i in range(2500)) + '\\ndescription: keys')
            put('tag', 'description: !!java.net.URL [http://127.0.0.1:1/]')
            put('control', 'description: "\\\\u0000\\\\e[31m"')
            put('surrogate', 'description: "\\\\ud800"')
            put('directive', '%YAML 9.9\\ndescription: directive')
            put('quote', 'description: "never ends')
            PYTHON
            """);
    long begin = System.nanoTime();
    List<String> names = names(alice);
    while (!names.contains("good") && System.nanoTime() - begin < SEEN.toNanos()) {
      names = names(alice);
    }
    assertThat(names).contains("good", "keys").doesNotContain("large");
    for (JsonNode skill : list(alice).json()) {
      assertThat(skill.path("description").asText().length()).isLessThanOrEqualTo(1024);
      assertThat(read(alice, skill.path("name").asText()).status()).isEqualTo(200);
    }
    assertThat(names(bob)).contains("private");
  }

  @Test
  void seesEachChangeWithinTwoSeconds() throws IOException {
    shell(alice, skill(ALICES, "a", "one"));
    awaitNames(alice, List.of("a"));
    shell(alice, skill(ALICES, "b", "two"));
    awaitNames(alice, List.of("a", "b"));
    // The same size in the same second.
    shell(alice, "sed -i 's/one/six/' ~/.agents/skills/a/SKILL.md");
    long end = System.nanoTime() + SEEN.toNanos();
    while (!list(alice).body().contains("six") && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(list(alice).body()).contains("six").doesNotContain("one");
    adminSkill("skills", "c");
    awaitNames(alice, List.of("a", "b", "c"));
    shell(alice, "rm -r ~/.agents/skills/b");
    awaitNames(alice, List.of("a", "c"));
    RealSshd.run("rm", "-r", sshd.etc() + "/skills/c");
    awaitNames(alice, List.of("a"));
  }

  /** Open WebUI asks with each key that is typed into a menu. */
  @Test
  void costsNoLoginToAskAgain() {
    shell(alice, skill(ALICES, "a", "one"));
    awaitNames(alice, List.of("a"));
    long before = sshd.logins("ghitalice");
    assertThat(before).isPositive();
    long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
    int asked = 0;
    for (; System.nanoTime() < end; asked++) {
      assertThat(names(alice)).containsExactly("a");
    }
    assertThat(asked).isGreaterThan(100);
    assertThat(sshd.logins("ghitalice")).isEqualTo(before);
    // A login that is gone is made once, and not for each request.
    RealSshd.killConnections("ghitalice");
    end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
    while (System.nanoTime() < end) {
      names(alice);
    }
    assertThat(names(alice)).containsExactly("a");
    assertThat(sshd.logins("ghitalice")).isLessThanOrEqualTo(before + 1);
  }

  @Test
  void answersForAColdAccountWithinATurn() throws IOException {
    adminSkill("skills", "everybody");
    long begin = System.nanoTime();
    assertThat(names(anybody.user("colduser"))).containsExactly("everybody");
    System.out.printf("skills of a cold account: %d ms%n", (System.nanoTime() - begin) / 1_000_000);
    assertThat(sshd.logins("ghitcolduser")).isEqualTo(1);
  }

  /** A user can stop the processes of their own login, and the turn of the chat goes on. */
  @Test
  void endsNoTurnWhereALoginHangs() {
    Client carol = anybody.user("caroline");
    shell(carol, skill("/home/ghitcaroline/.agents/skills", "a", "one"));
    awaitNames(carol, List.of("a"));
    RealSshd.run("pkill", "-STOP", "-u", "ghitcaroline");
    try {
      long end = System.nanoTime() + SEEN.toNanos();
      while (System.nanoTime() < end) {
        list(carol);
      }
      list(carol);
      assertThat(names(bob)).contains("private");
    } finally {
      RealSshd.run("pkill", "-KILL", "-u", "ghitcaroline");
    }
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!names(carol).contains("a") && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(names(carol)).containsExactly("a");
  }
}
