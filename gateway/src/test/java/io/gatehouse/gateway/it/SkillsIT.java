package io.gatehouse.gateway.it;

import static io.gatehouse.gateway.support.Client.encode;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Skills over HTTP, through a real sshd, of two users with real accounts. */
final class SkillsIT {

  private static final String KEY = "skills-test-key";
  private static final String ALICES = "/home/ghitalice/.agents/skills";
  private static final String BOBS = "/home/ghitbobby/.agents/skills";
  private static final String SECRET = "SECRET-b0b";

  /** Open WebUI ends the turn of a chat after this time. */
  private static final Duration TURN = Duration.ofSeconds(10);

  /** A skill that has changed is listed within this time. */
  private static final Duration SEEN = Duration.ofSeconds(2);

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client anybody;
  private static Client alice;
  private static Client bob;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    Path groups = Files.writeString(folder.resolve("groups"), "students: ghitalice\n");
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

  private static String shell(Client client, String command) {
    Answer answer = client.run(command);
    assertThat(answer.exitCode()).as(answer.output()).isZero();
    return answer.output();
  }

  /** The command that makes a skill. */
  private static String skill(String root, String name, String description) {
    return "mkdir -p '%s/%s' && printf -- '---\\ndescription: %s\\n---\\nDo it.\\n' >'%s/%s/SKILL.md'"
        .formatted(root, name, description, root, name);
  }

  /** Makes a skill as an admin does. */
  private static Path adminSkill(String root, String name) throws IOException {
    Path folder = Files.createDirectories(sshd.etc().resolve(root).resolve(name));
    Files.writeString(folder.resolve("SKILL.md"), "---\ndescription: " + root + "\n---\nDo it.\n");
    RealSshd.run("chmod", "-R", "a+rX", sshd.etc().resolve(root.replaceAll("/.*", "")).toString());
    return folder;
  }

  private static Answer list(Client client) {
    long begin = System.nanoTime();
    Answer answer = client.get("/skills");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TURN);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().isArray()).isTrue();
    for (JsonNode skill : answer.json()) {
      String id = skill.path("id").asText();
      assertThat(id).startsWith("terminal:");
      assertThat(URLDecoder.decode(id.substring("terminal:".length()), StandardCharsets.UTF_8))
          .isEqualTo(skill.path("name").asText());
      assertThat(skill.path("location").asText()).startsWith("/").endsWith("/SKILL.md");
    }
    return answer;
  }

  private static List<String> names(Client client) {
    List<String> names = new ArrayList<>();
    list(client).json().forEach(skill -> names.add(skill.path("name").asText()));
    return names;
  }

  /** Waits for the list, as long as a change may take to be seen. */
  private static void awaitNames(Client client, List<String> expected) {
    long end = System.nanoTime() + SEEN.toNanos();
    List<String> names = names(client);
    while (!names.equals(expected) && System.nanoTime() < end) {
      names = names(client);
    }
    assertThat(names).isEqualTo(expected);
  }

  private static Answer read(Client client, String name) {
    return client.get("/skills/read?name=" + encode(name));
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

  /** A link leads to nothing that the user could not read, and to all that the user could. */
  @Test
  void followsLinksWithTheRightsOfTheUser(@TempDir Path shared) throws IOException {
    Path folder = Files.createDirectory(shared.resolve("shared"));
    Files.writeString(folder.resolve("SKILL.md"), "---\ndescription: for all\n---\nDo it.\n");
    for (Path each : List.of(shared, folder)) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    shell(
        alice,
        "mkdir -p ~/.agents/skills/{file,traversal} ~/.claude; ln -s "
            + folder
            + """
             ~/.agents/skills/outside
            ln -s /home/ghitbobby/.agents/skills/private ~/.agents/skills/bobs
            ln -s /home/ghitbobby/.agents/skills/private/SKILL.md ~/.agents/skills/file/SKILL.md
            ln -s ../../../../ghitbobby/.agents/skills/private/SKILL.md ~/.agents/skills/traversal/SKILL.md
            ln -s /home/ghitbobby/.agents/skills ~/.claude/skills
            ln -s /etc/shadow ~/.agents/skills/shadow
            """);
    awaitNames(alice, List.of("outside"));
    assertThat(list(alice).body() + list(bob).body()).doesNotContain("shadow");
    for (String name : List.of("private", "bobs", "file", BOBS + "/private", "../private")) {
      Answer answer = read(alice, name);
      assertThat(answer.status()).as(name).isEqualTo(404);
      assertThat(answer.body()).doesNotContain(SECRET);
    }
    assertThat(read(bob, "private").body()).contains(SECRET);
  }

  /** The file is exchanged between the list, which knows it, and the request for its text. */
  @Test
  void readsNothingOfBobsThroughALinkThatIsMadeAfterTheList() {
    shell(alice, skill(ALICES, "x", "mine"));
    awaitNames(alice, List.of("x"));
    assertThat(read(alice, "x").status()).isEqualTo(200);
    shell(alice, "ln -sf " + BOBS + "/private/SKILL.md ~/.agents/skills/x/SKILL.md");
    Answer answer = read(alice, "x");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).doesNotContain(SECRET);
  }

  /** The names of skills are compared, and no path is made of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/skills/..%2f..%2f..%2fghitbobby%2f.agents%2fskills%2fprivate",
        "/skills/%2e%2e/%2e%2e/home/ghitbobby/.agents/skills/private",
        "/skills/%2e%2e%2fread?name=private",
        "/skills/%2Fhome%2Fghitbobby%2F.agents%2Fskills%2Fprivate%2FSKILL.md",
        "/skills/private",
        "/skills/private/SKILL.md",
        "/skills/private%00",
        "/skills/read?name=private&user_id=bobby",
        "/skills/read?name=..%2F..%2F..%2Fghitbobby%2F.agents%2Fskills%2Fprivate",
        "/skills/read?name=private%00&name=private",
        "/skills/./private",
        "/skills//private",
        "/skills;user=bobby/private"
      })
  void givesAliceNothingOfBobsByAnyPath(String path) throws IOException {
    shell(alice, skill(ALICES, "mine", "mine"));
    awaitNames(alice, List.of("mine"));
    // Clients of HTTP change such paths, so the line is written as it is.
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nX-User-Id: alice\r\nConnection: close\r\n\r\n"
              .formatted(path, KEY)
              .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).doesNotContain(SECRET).matches("(?s)HTTP/1\\.1 4[0-9][0-9] .*");
    }
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
