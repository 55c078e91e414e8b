package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Running commands over HTTP, through a real sshd, in real accounts. */
@TestMethodOrder(OrderAnnotation.class)
final class ExecuteIT {

  private static final String KEY = "integration-test-key";

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client alice;
  private static Client bob;

  /**
   * This command starts first and is checked last, because it is silent for longer than Jetty's own
   * idle limit of 30 s.
   */
  private static CompletableFuture<Answer> longSilence;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of("OPEN_TERMINAL_MAX_LOG_SIZE", "1000000"));
    Client anybody =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY));
    alice = anybody.user("alice");
    bob = anybody.user("bobby");
    longSilence = anybody.user("silent").runAsync("sleep 32; echo late");
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  @Test
  void runsAsTheUsersOwnAccountInItsOwnHome() {
    Answer answer = alice.run("id -un; pwd; id -u; umask >/dev/null; tty");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.output()).matches("ghitalice\n/home/ghitalice\n2\\d{4}\n/dev/pts/\\d+\n");
    assertThat(answer.exitCode()).isZero();
    JsonNode json = answer.json();
    assertThat(json.path("status").asText()).isEqualTo("done");
    assertThat(json.path("cwd").asText()).isEqualTo("/home/ghitalice");
    assertThat(json.path("truncated").asBoolean()).isFalse();
    assertThat(json.has("log_path")).isTrue();
    assertThat(bob.run("id -un").output()).isEqualTo("ghitbobby\n");
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void waitsThroughALongSilence() {
    assertThat(longSilence.join().output()).isEqualTo("late\n");
  }

  @Test
  void keepsOneUserOutOfTheFilesOfTheOther() {
    alice.run("echo secret > ~/diary; chmod 644 ~/diary");

    Answer read = bob.run("cat /home/ghitalice/diary");
    assertThat(read.output()).isEqualTo("cat: /home/ghitalice/diary: Permission denied\n");
    assertThat(read.exitCode()).isOne();
    assertThat(bob.run("ls /home/ghitalice").output()).contains("Permission denied");
    assertThat(bob.run(Map.of("command", "pwd", "cwd", "/home/ghitalice")).status()).isEqualTo(400);
    assertThat(alice.run("stat -c %a ~").output()).isEqualTo("700\n");
  }

  @Test
  void keepsUsersOutOfTheGatewaysOwnFiles() {
    String state = sshd.environment().get("OPEN_TERMINAL_STATE_DIR");
    String runtime = sshd.environment().get("OPEN_TERMINAL_RUNTIME_DIR");
    for (String path :
        List.of(
            runtime + "/provisioner_ed25519",
            state + "/host_keys/",
            state + "/registry/",
            state + "/logs/")) {
      assertThat(alice.run("cat " + path + " " + path + "*").output())
          .as(path)
          .contains("Permission denied");
    }
    assertThat(
            alice
                .run("ls -d " + runtime + "/* | while read f; do test -w $f && echo $f; done; true")
                .output())
        .isEmpty();
  }

  @Test
  void hidesTheExecutionsOfOneUserFromTheOther() {
    String id = alice.post("/execute", Map.of("command", "sleep 60")).json().path("id").asText();

    record Attempt(String method, String path, Map<String, ?> body) {}
    List<Attempt> attempts =
        List.of(
            new Attempt("GET", "/execute/%s/status", Map.of()),
            new Attempt("POST", "/execute/%s/input", Map.of("input", "x")),
            new Attempt("DELETE", "/execute/%s", Map.of()),
            new Attempt("DELETE", "/execute/%s?force=true", Map.of()));
    for (Attempt attempt : attempts) {
      Answer stolen = send(bob, attempt.method(), attempt.path().formatted(id), attempt.body());
      Answer unknown =
          send(bob, attempt.method(), attempt.path().formatted("no-such-id"), attempt.body());
      assertThat(stolen.status()).as(attempt.path()).isEqualTo(404);
      assertThat(stolen.body()).isEqualTo(unknown.body());
      assertThat(stolen.detail()).isEqualTo("Process not found");
    }
    assertThat(bob.get("/execute").body()).doesNotContain(id);
    assertThat(alice.get("/execute").body()).contains(id);
    assertThat(alice.delete("/execute/" + id + "?force=true").status()).isEqualTo(200);
  }

  private static Answer send(Client client, String method, String path, Map<String, ?> body) {
    return body.isEmpty() ? client.send(method, path, null) : client.post(path, body);
  }

  @Test
  void showsAChatOnlyItsOwnExecutions() {
    Client first = alice.chat("first-chat");
    String id = first.run("true").json().path("id").asText();

    assertThat(first.get("/execute").body()).contains(id);
    assertThat(alice.get("/execute").body()).as("a page without a chat").doesNotContain(id);
    assertThat(alice.get("/execute/" + id + "/status").status()).as("a script").isEqualTo(200);
    assertThat(alice.chat("second-chat").get("/execute").body()).doesNotContain(id);
    assertThat(alice.chat("second-chat").get("/execute/" + id + "/status").status()).isEqualTo(404);
    assertThat(bob.chat("first-chat").get("/execute/" + id + "/status").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo 'single' \"double\" `echo back`",
        "cat <<'EOF'\n$HOME 'x' \"y\"\nEOF",
        "echo one # comment",
        "# only a comment",
        "echo a\necho b\n\n",
        "echo ünïcödé ✓ 🚪",
        "echo \\'",
        "for i in 1 2 3; do echo $i; done",
        "echo $# $1; set -- a b; echo $#",
        "f() { return 3; }; f; echo $?",
        "(exit 7)",
        "exec echo replaced",
        "trap 'echo trapped' EXIT; echo body",
        "set -eu; echo strict; false; echo never",
        "echo \"$0\" >/dev/null; echo ok",
        "if",
        "echo 'unterminated",
        "! true",
        "printf 'no newline'",
        "true &",
        "cd /; pwd",
        "alias ll='echo aliased'; shopt expand_aliases | cut -f1",
        "echo {a,b}{1,2} *.nothing",
        "echo $? $LINENO; nosuch\nf() { caller; nosuch; }\n\nf; echo $LINENO",
        "echo fine\nif; then",
        "set -E; trap 'echo err' ERR; f() { false; }; f; exit 3",
      })
  void meansWhatTheSameTextMeansInAShellOfOnesOwn(String text) throws IOException {
    Path script = Files.createTempFile(Path.of("/tmp"), "gatehouse-it", ".sh");
    try {
      Files.writeString(script, text);
      String expected =
          RealSshd.run(
              "/bin/bash",
              "-c",
              "cd /home/ghitalice; text=$(cat "
                  + script
                  + "; echo x); bash -c \"${text%x}\"; echo \"[$?]\"");
      Answer answer = alice.run(text);
      assertThat(withoutShellName(answer.output()) + "[" + answer.exitCode() + "]\n")
          .isEqualTo(withoutShellName(expected));
    } finally {
      Files.delete(script);
    }
  }

  /** Bash quotes the whole line that it did not understand. */
  private static String withoutShellName(String output) {
    return output
        .replaceAll("(?m)^bash: .*: `.*$\n?", "")
        .replaceAll("(?m)^bash: (-c: )?", "bash: ");
  }

  @Test
  void takesACommandOfAHundredKilobytes() {
    String text = "cat <<'EOF' | wc -c\n" + "0123456789abcde\n".repeat(6_400) + "EOF";
    assertThat(alice.run(text).output()).isEqualTo("102400\n");
  }

  @Test
  void tellsWhyACommandIsTooLong() {
    Answer answer = alice.run("#".repeat(200_000));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().at("/detail/0/loc").toString()).isEqualTo("[\"body\",\"command\"]");
    assertThat(answer.json().at("/detail/0/msg").asText()).contains("write it to a file");
  }

  @Test
  void handsOverTheEnvironmentWithoutShowingItInAnArgumentList() {
    String value = "se'cret\n\"$HOME\" ✓";
    Answer answer =
        alice.run(
            Map.of(
                "command",
                "printf '%s|' \"$TOKEN\" \"$PATH\" \"$LANG\"; cat /proc/*/cmdline 2>/dev/null"
                    + " | grep -c \"se[']cret\"; env | grep -ciE '^(gatehouse|open_terminal)'",
                "env",
                Map.of("TOKEN", value, "PATH", "/usr/bin:/bin", "LANG", "C")));
    assertThat(answer.output()).isEqualTo(value + "|/usr/bin:/bin|C|0\n0\n");
  }

  @Test
  void showsCommandsNoVariableOfTheGateway() {
    assertThat(alice.run("tr '\\0' '\\n' < /proc/self/environ; env").output())
        .doesNotContain("OPEN_TERMINAL")
        .doesNotContainPattern("(?im)^_*gatehouse")
        .doesNotContain(KEY)
        .contains("HOME=/home/ghitalice")
        .contains("TERM=xterm-256color");
  }

  @Test
  void worksInTheDirectoryOfTheChat() {
    alice.run("mkdir -p ~/project/deep");
    Client chat = alice.chat("directory-chat");
    assertThat(chat.post("/files/cwd", Map.of("path", "project")).json().path("cwd").asText())
        .isEqualTo("/home/ghitalice/project");

    assertThat(chat.run("pwd").output()).isEqualTo("/home/ghitalice/project\n");
    assertThat(chat.run(Map.of("command", "pwd", "cwd", "deep")).output())
        .isEqualTo("/home/ghitalice/project/deep\n");
    assertThat(alice.chat("another-chat").run("pwd").output()).isEqualTo("/home/ghitalice\n");
    assertThat(alice.run(Map.of("command", "pwd", "cwd", "/home/user/project")).output())
        .isEqualTo("/home/ghitalice/project\n");
    assertThat(chat.get("/files/cwd").json().path("home").asText()).isEqualTo("/home/ghitalice");
    assertThat(bob.chat("directory-chat").run("pwd").output()).isEqualTo("/home/ghitbobby\n");
    assertThat(chat.post("/files/cwd", Map.of("path", "/nowhere")).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/nowhere/at all", "no'such \"place\"", "-", "/etc/passwd", "$(id)", "a\nb"})
  void namesADirectoryThatCannotBeEntered(String directory) {
    Answer answer = alice.run(Map.of("command", "echo no", "cwd", directory));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.detail()).contains(directory);
  }

  @Test
  void readsOutputByOffsetAndFromTheEnd() {
    Answer answer = alice.run("for i in 1 2 3 4 5; do echo line $i; sleep 0.05; done");
    String id = answer.json().path("id").asText();
    int next = answer.json().path("next_offset").asInt();
    assertThat(next).isGreaterThan(1);
    assertThat(answer.json().at("/output/0/type").asText()).isEqualTo("output");

    Answer rest = alice.get("/execute/" + id + "/status?offset=" + (next - 1));
    assertThat(rest.json().path("output")).hasSize(1);
    assertThat(rest.output()).endsWith("line 5\n");
    assertThat(rest.json().has("cwd")).isFalse();
    Answer tail = alice.get("/execute/" + id + "/status?tail=1");
    assertThat(tail.json().path("truncated").asBoolean()).isTrue();
    assertThat(tail.output()).isEqualTo(rest.output());
    assertThat(alice.get("/execute/" + id + "/status?offset=null&tail=NULL&wait=null").output())
        .isEqualTo(answer.output());
  }

  @Test
  void keepsOffsetsValidWhenOldOutputIsDropped() {
    Answer answer = alice.run("seq 1 400000");
    JsonNode json = answer.json();
    assertThat(json.path("truncated").asBoolean()).isTrue();
    assertThat(answer.output()).endsWith("\n399999\n400000\n");
    assertThat(answer.body().length()).isLessThan(1_200_000);
    String path = "/execute/" + json.path("id").asText() + "/status?offset=";
    Answer end = alice.get(path + json.path("next_offset").asInt());
    assertThat(end.json().path("output")).isEmpty();
    assertThat(end.json().path("truncated").asBoolean()).isFalse();
  }

  @Test
  void deliversEveryByteOfALargeOutputInOrder() {
    // Within the bound of this test's log, unlike the test above.
    StringBuilder expected = new StringBuilder();
    IntStream.rangeClosed(1, 100_000).forEach(i -> expected.append(i).append('\n'));
    assertThat(alice.run("seq 1 100000").output()).isEqualTo(expected.toString());
  }

  @Test
  void neverSplitsACharacterBetweenEntries() {
    String text = "✓🚪é".repeat(30_000);
    Answer answer = alice.run("python3 -c \"print('✓🚪é'*30000, end='')\"");
    assertThat(answer.output()).isEqualTo(text);
    answer
        .json()
        .path("output")
        .forEach(entry -> assertThat(entry.path("data").asText()).doesNotContain("\ufffd"));
  }

  @Test
  void answersRunningAndThenTheRest() {
    Answer started = alice.post("/execute?wait=0.2", Map.of("command", "echo a; sleep 1; echo b"));
    assertThat(started.json().path("status").asText()).isEqualTo("running");
    assertThat(started.json().path("exit_code").isNull()).isTrue();
    assertThat(started.output()).isEqualTo("a\n");

    String path = "/execute/" + started.json().path("id").asText() + "/status?wait=30&offset=";
    Answer ended = alice.get(path + started.json().path("next_offset").asInt());
    assertThat(ended.json().path("status").asText()).isEqualTo("done");
    assertThat(ended.output()).isEqualTo("b\n");
  }

  @Test
  void holdsHundredsOfWaitingRequestsOnFewThreads() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      // The program does not read the terminal, because that would count as waiting for input.
      String command = "until [ -e ~/go-on ]; do sleep 0.5; done";
      ids.add(alice.post("/execute", Map.of("command", command)).json().path("id").asText());
    }
    int before = platformThreads();
    List<CompletableFuture<Answer>> waiting = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Client one = alice;
      String path = "/execute/" + ids.get(i % ids.size()) + "/status?wait=60";
      waiting.add(
          CompletableFuture.supplyAsync(
              () -> one.get(path), task -> Thread.ofVirtual().start(task)));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(alice.get("/execute").json()).isNotEmpty();
    }
    assertThat(platformThreads() - before).isLessThan(50);
    alice.run("touch ~/go-on");
    waiting.forEach(
        answer -> assertThat(answer.join().json().path("status").asText()).isEqualTo("done"));
  }

  private static int platformThreads() {
    return Thread.getAllStackTraces().size();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "read x; echo got:$x | hello\\n             | hello\\r\\ngot:hello",
        "read x; echo got:$x | hello                | -",
        "cat                 | a\\nb\\n\\x04         | a",
        "sleep 60            | \\x03                | ^C",
      })
  void typesInputWithItsEscapes(String command, String input, String expected) {
    String id =
        alice.post("/execute?wait=0.2", Map.of("command", command)).json().path("id").asText();
    Answer typed = alice.post("/execute/" + id + "/input", Map.of("input", input));
    assertThat(typed.body()).isEqualTo("{\"status\":\"ok\"}");
    if (expected.equals("-")) {
      alice.post("/execute/" + id + "/input", Map.of("input", "\n"));
    }
    Answer ended = alice.get("/execute/" + id + "/status?wait=20");
    assertThat(ended.json().path("status").asText()).isEqualTo("done");
    if (!expected.equals("-")) {
      assertThat(ended.output()).contains(expected.replace("\\r\\n", "\n"));
    }
    Answer late = alice.post("/execute/" + id + "/input", Map.of("input", input));
    assertThat(late.status()).isEqualTo(400);
    assertThat(late.detail()).isEqualTo("Process has already exited");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sleep 300                                         | false | 143",
        "sleep 300                                         | true  | 137",
        "sleep 301 & sleep 302 & wait                      | false | 143",
        "sleep 301 & (sleep 302 & sleep 303) & sleep 304   | true  | 137",
        "sleep 305 & echo started                          | false | 143",
        "trap '' TERM; while :; do sleep 0.1; done         | true  | 137",
        "trap '' TERM; while :; do sleep 0.1; done         | false | 137",
        "exec sh -i                                        | false | 137",
        "bash -i                                           | false | 143",
        "trap 'exit 9' TERM; while :; do sleep 0.05; done  | false | 9",
      })
  void killsTheWholeProcessGroupAndTellsTheTrueStatus(String command, String force, int code) {
    String id =
        bob.post("/execute?wait=0.3", Map.of("command", command)).json().path("id").asText();
    Answer killed = bob.delete("/execute/" + id + "?force=" + force);
    assertThat(killed.status()).isEqualTo(200);
    assertThat(killed.json().path("status").asText()).isEqualTo("killed");
    assertThat(killed.exitCode()).isEqualTo(code);
    Answer status = bob.get("/execute/" + id + "/status");
    assertThat(status.json().path("status").asText()).isEqualTo("killed");
    assertThat(status.exitCode()).isEqualTo(code);
    assertThat(bob.run("pgrep -x -u $(id -u) -r R,S,D,T sleep | wc -l").output()).isEqualTo("0\n");
  }

  @Test
  void keepsBackgroundChildrenAndTheirOutput() {
    Answer started =
        alice.post("/execute?wait=1", Map.of("command", "(sleep 1.5; echo late) & echo now"));
    assertThat(started.output()).isEqualTo("now\n");
    String id = started.json().path("id").asText();
    Answer ended = alice.get("/execute/" + id + "/status?wait=20");
    assertThat(ended.output()).isEqualTo("now\nlate\n");
    assertThat(ended.exitCode()).isZero();
  }

  @Test
  void doesNotWaitForChildrenThatWriteElsewhere() {
    Answer answer = alice.run("sleep 30 >/dev/null 2>&1 </dev/null & echo $!");
    assertThat(answer.json().path("status").asText()).isEqualTo("done");
    String child = answer.output().strip();
    assertThat(alice.run("kill -0 " + child + " && kill " + child).exitCode()).isZero();
  }

  @Test
  void survivesAUserWhoBreaksTheShellsStartup() {
    Client carol = alice.user("carol");
    carol.run("echo 'echo noise from bashrc; cd() { echo hijacked; }' >> ~/.bashrc.x");
    carol.run("cp ~/.bashrc ~/.bashrc.old; cat ~/.bashrc.x > ~/.bashrc");
    Answer answer = carol.run(Map.of("command", "pwd", "cwd", "/tmp"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.output()).isEqualTo("noise from bashrc\n/tmp\n");
    Answer exit = carol.run("mv ~/.bashrc.old ~/.bashrc; echo mended");
    assertThat(exit.output()).endsWith("mended\n");
  }

  @Test
  void limitsTheRunningCommandsOfOneUser() {
    Client dave = alice.user("davey");
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      Answer started = dave.post("/execute", Map.of("command", "sleep 120"));
      assertThat(started.status()).isEqualTo(200);
      ids.add(started.json().path("id").asText());
    }
    Answer refused = dave.post("/execute", Map.of("command", "true"));
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.detail())
        .isEqualTo(
            "You have 64 running commands, the most there may be; wait for one to end or kill one");
    assertThat(bob.run("echo fine").output()).isEqualTo("fine\n");
    ids.forEach(id -> dave.delete("/execute/" + id + "?force=True"));
    assertThat(dave.run("echo again").output()).isEqualTo("again\n");
  }

  @Test
  void writesAFloodToDiskWithinItsBoundWhileOthersWork() {
    String id =
        bob.post("/execute", Map.of("command", "head -c 1000000000 /dev/zero | tr '\\0' 'x'"))
            .json()
            .path("id")
            .asText();
    for (int i = 0; i < 20; i++) {
      assertThat(alice.run("echo quick").output()).isEqualTo("quick\n");
    }
    Answer ended = bob.get("/execute/" + id + "/status?wait=200&tail=1");
    assertThat(ended.json().path("status").asText()).isEqualTo("done");
    assertThat(ended.json().path("truncated").asBoolean()).isTrue();
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    Answer answer = alice.run(Map.of("command", "true", "filler", "x".repeat(10_000_000)));
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.detail()).isEqualTo("a request's body has at most 10000000 bytes");
  }

  @Test
  void asksForTheUserWhereAnAccountIsNeeded() {
    Client nobody =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY));
    for (String path : List.of("/execute", "/execute/x/status", "/files/cwd")) {
      assertThat(nobody.get(path).status()).as(path).isEqualTo(401);
    }
    assertThat(nobody.run("id").status()).isEqualTo(401);
    Answer system = nobody.get("/system");
    assertThat(system.status()).isEqualTo(200);
    assertThat(system.json().path("prompt").asText()).doesNotContain("ghit");
    assertThat(alice.get("/system").json().path("prompt").asText())
        .contains("ghitalice")
        .contains("/home/ghitalice");
  }

  @Test
  void leavesNoSecretInAnyProcessTitle() {
    HttpResponse<?> unused = alice.run("true").response();
    assertThat(unused.statusCode()).isEqualTo(200);
    assertThat(alice.run("cat /proc/*/cmdline 2>/dev/null | tr '\\0' ' '").output())
        .doesNotContain(KEY)
        .doesNotContain("PRIVATE KEY");
  }
}
