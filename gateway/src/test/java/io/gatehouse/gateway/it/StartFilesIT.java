package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import io.gatehouse.gateway.support.TerminalClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests, over a real sshd, that a command runs once in its directory or says why it did not,
 * whatever the user's ~/.bashrc does.
 */
@Timeout(180)
final class StartFilesIT {

  private static final String KEY = "start-files-key";

  private static final AtomicInteger USERS = new AtomicInteger();

  private static RealSshd sshd;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of());
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static String base() {
    return "http://127.0.0.1:" + gateway.port();
  }

  /**
   * The test has a user of its own, because start files that do not end are remembered for a
   * minute.
   */
  private record Person(String id, Client client) {

    static Person withStartFile(String text) {
      String id = "start" + USERS.incrementAndGet();
      Client client = new Client(base(), Map.of("Authorization", "Bearer " + KEY)).user(id);
      Person person = new Person(id, client);
      person.writeStartFile(text);
      return person;
    }

    void writeStartFile(String text) {
      Answer written =
          client.post("/files/write", Map.of("path", ".bashrc", "content", text + "\n"));
      assertThat(written.status()).as(written.body()).isEqualTo(200);
    }

    String account() {
      return "ghit" + id;
    }

    String home() {
      return "/home/" + account();
    }
  }

  private static final String ENDED = "Your ~/.bashrc, or a file that it reads, ended the shell";
  private static final String WAITED = "Your ~/.bashrc, or a file that it reads, did not end";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exit 0",
        "exit 3",
        "echo oops; exit 1",
        "exit 2",
        "exec true",
        "exec sh -c 'exit 4'",
        "set -e; false",
        "set -n",
        "set -r",
        "builtin() { :; }",
        "enable -n builtin",
        "enable -n printf",
        "enable -n cd",
        "readonly __gatehouse",
        "shopt -s expand_aliases; alias '[['=true",
        "trap 'exit 0' DEBUG",
        "exec </dev/null >/dev/null 2>&1",
        "enable -n trap",
        "readonly PWD",
        "readonly OLDPWD",
      })
  void runsACommandWithoutTheStartFileThatEndsItsShell(String startFile) {
    Person person = Person.withStartFile(startFile);
    for (int i = 0; i < 2; i++) {
      Answer answer = person.client().run("echo x >> ran; pwd");
      assertThat(answer.output()).endsWith(person.home() + "\n");
      assertThat(answer.exitCode()).isZero();
      assertThat(answer.output()).contains(ENDED);
    }
    assertThat(person.client().get("/files/read?path=ran").json().path("content").asText())
        .isEqualTo("x\nx\n");
  }

  @Test
  void saysWhatTheStartFilePrintedBeforeItEnded() {
    Person person = Person.withStartFile("echo oops; exit 3");
    assertThat(person.client().run("echo hi").output())
        .isEqualTo(
            """
            oops

            [Your ~/.bashrc, or a file that it reads, ended the shell (exit status 3) or changed \
            it so that no command can begin. This command ran without it. What only an \
            interactive shell needs belongs below a line `[[ $- == *i* ]] || return`.]
            hi
            """);
    // The error about a text that is not valid shell text is also shown once, and nothing else with
    // it.
    assertThat(person.client().run("if").output()).containsOnlyOnce("syntax error");
    person.writeStartFile("echo mended");
    assertThat(person.client().run("echo hi").output()).isEqualTo("mended\nhi\n");
    Answer wrong = person.client().run("if");
    assertThat(wrong.output()).containsOnlyOnce("syntax error").doesNotContain("~/.bashrc");
    assertThat(wrong.exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cd /tmp",
        "cd /tmp; return",
        "return 5",
        "set -eu",
        "set -o posix",
        "readonly LINENO PATH HOME",
        "cd() { :; }; exec() { :; }; trap() { :; }; exit() { :; }; printf() { :; }; unset() { :; }",
        "shopt -s expand_aliases; alias cd=false trap=false exit=false unset=false printf=false",
        "enable -n exit",
        "trap : DEBUG; trap : RETURN; trap : ERR",
        "trap 'exit 0' RETURN",
        "set -T; trap : RETURN DEBUG",
        "stty -onlcr; stty onlcr; printf '\\r'",
        "exec </dev/null",
        "sleep 2",
        "sleep 1000 >/dev/null 2>&1 </dev/null &",
      })
  void runsACommandInItsHomeWhateverTheStartFileDoes(String startFile) {
    Person person = Person.withStartFile(startFile + "\n");
    Answer answer = person.client().run(Map.of("command", "pwd; echo $V", "env", Map.of("V", "v")));
    assertThat(answer.output().replace("\r", "")).isEqualTo(person.home() + "\nv\n");
    assertThat(answer.exitCode()).isZero();
    RealSshd.run("pkill", "-KILL", "-u", person.account(), "sleep");
  }

  @Test
  void takesNoNoiseForAReport() {
    Person person = Person.withStartFile("printf '\\036\\n\\036{\"a\": 1}\\n\\036cwd?\\n\\036'");
    Answer bytes =
        person.client().post("/execute?wait=60&plain=false", Map.of("command", "echo hi"));
    assertThat(bytes.output()).isEqualTo("\u001e\n\u001e{\"a\": 1}\n\u001ecwd?\n\u001ehi\n");
  }

  /** The user can fool only themselves, and still gets an answer. */
  @ParameterizedTest
  @ValueSource(strings = {"started", "cwd"})
  void answersAlsoAfterAForgedReport(String report) {
    Person person = Person.withStartFile("printf '\\036" + report + "\\n'; exit 0");
    Answer answer = person.client().run("echo hi");
    assertThat(answer.status()).isIn(200, 400);
    assertThat(person.client().get("/execute").body()).doesNotContain("running");
  }

  /** Bash stops reading the file and goes on, and so does the command. */
  @ParameterizedTest
  @ValueSource(strings = {"if", "set -u; echo $nope; cd /", ": ${nope?}", "nosuchcommand"})
  void runsACommandAfterAStartFileWithAnError(String startFile) {
    Person person = Person.withStartFile(startFile);
    assertThat(person.client().run("pwd").output())
        .contains(".bashrc: line ")
        .endsWith("\n" + person.home() + "\n")
        .doesNotContain("without it");
  }

  @Test
  void readsNoStartFileThatIsNoFileOrCannotBeRead() {
    Person person = Person.withStartFile("exit 1");
    for (String change : List.of("chmod 0 ~/.bashrc", "rm ~/.bashrc; mkdir ~/.bashrc")) {
      person.client().run(change);
      assertThat(person.client().run("echo hi").output()).as(change).endsWith("hi\n");
    }
  }

  @Test
  void saysThatASignalEndedTheShellAndDoesNotTryAgain() {
    Person person = Person.withStartFile("echo x >> tries; kill -KILL $$");
    Answer answer = person.client().run("echo hi");
    assertThat(answer.exitCode()).isEqualTo(137);
    assertThat(answer.output())
        .isEqualTo(
            "[The command did not run: its shell ended before (exit status 137). If ~/.bashrc or a"
                + " file that it reads ends it, mend that file.]\n");
    assertThat(person.client().get("/files/read?path=tries").json().path("content").asText())
        .isEqualTo("x\n");
  }

  /** The programs of the killed shell end because their terminal ends. */
  private static void awaitNoProcess(String account) {
    List<String> left = List.of();
    for (int i = 0; i < 100; i++) {
      left =
          RealSshd.run("ps", "-o", "comm=", "-u", account)
              .lines()
              .filter(Set.of("sh", "sleep", "yes", "script", "bash")::contains)
              .toList();
      if (left.isEmpty()) {
        return;
      }
      pause();
    }
    assertThat(left).isEmpty();
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static final List<String> ENDLESS =
      List.of(
          "sleep 1000",
          "while :; do :; done",
          "echo asks; read answer",
          "exec sh",
          "exec bash --norc",
          "bash --norc",
          "exec sh -c 'trap \"\" TERM HUP INT QUIT; while :; do sleep 1; done'",
          "[[ -n $TMUX ]] || exec tmux -f /dev/null new-session 'exec cat'",
          "trap 'exec sh' EXIT; exit 0",
          "[[ -n $AGAIN ]] || AGAIN=yes exec script -q -c 'sleep 1000' /dev/null",
          "yes");

  @Test
  void runsCommandsWithoutStartFilesThatDoNotEnd() {
    Person fifo = Person.withStartFile("");
    fifo.client().run("rm ~/.bashrc; mkfifo ~/.bashrc");
    List<Person> people =
        Stream.concat(ENDLESS.stream().map(Person::withStartFile), Stream.of(fifo)).toList();
    long begin = System.nanoTime();
    List<CompletableFuture<Answer>> first =
        people.stream().map(person -> person.client().runAsync("echo x >> ran; pwd")).toList();
    for (int i = 0; i < people.size(); i++) {
      Person person = people.get(i);
      String what = i < ENDLESS.size() ? ENDLESS.get(i) : "a FIFO";
      Answer answer = first.get(i).join();
      assertThat(answer.output()).as(what).contains(WAITED).endsWith(person.home() + "\n");
      assertThat(answer.exitCode()).as(what).isZero();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(40));
    for (Person person : people) {
      // The killed shell is gone, and the next command does not wait again.
      long again = System.nanoTime();
      Answer answer = person.client().run("cat ran");
      assertThat(answer.output()).contains(WAITED).endsWith("]\nx\n");
      assertThat(Duration.ofNanos(System.nanoTime() - again)).isLessThan(Duration.ofSeconds(10));
      assertThat(person.client().get("/execute").body()).doesNotContain("running");
      awaitNoProcess(person.account());
      RealSshd.run("pkill", "-KILL", "-u", person.account(), "tmux");
    }
  }

  @Test
  void endsACommandThatHasNotBegunAtTheFirstDelete() {
    Person person = Person.withStartFile("exec sh -i");
    List<String> ids =
        IntStream.range(0, 64)
            .mapToObj(i -> person.client().post("/execute", Map.of("command", "touch ran")))
            .map(answer -> answer.json().path("id").asText())
            .toList();
    assertThat(person.client().run("true").status()).isEqualTo(429);
    Answer killed = person.client().delete("/execute/" + ids.getFirst());
    assertThat(killed.json().path("status").asText()).isEqualTo("killed");
    assertThat(killed.exitCode()).isEqualTo(137);
    Answer status = person.client().get("/execute/" + ids.getFirst() + "/status");
    assertThat(status.json().path("status").asText()).isEqualTo("killed");
    ids.forEach(id -> person.client().delete("/execute/" + id + "?force=true"));
    assertThat(person.client().get("/execute").body()).doesNotContain("running");
    assertThat(person.client().get("/files/read?path=ran").status()).isEqualTo(404);
    awaitNoProcess(person.account());
  }

  @Test
  void typesForTheTextAndNotForTheStartFile() {
    Person person = Person.withStartFile("sleep 1.5; read -t 0.5 stolen");
    String id =
        person
            .client()
            .post("/execute", Map.of("command", "read x; echo got $x"))
            .json()
            .path("id")
            .asText();
    assertThat(
            person.client().post("/execute/" + id + "/input", Map.of("input", "mine\n")).status())
        .isEqualTo(200);
    assertThat(person.client().get("/execute/" + id + "/status?wait=20").output())
        .endsWith("got mine\n");
  }

  @Test
  void doesNotWaitForStartFilesWhereNobodyAskedIt() {
    Person person = Person.withStartFile("sleep 4; export SLOW=yes");
    long begin = System.nanoTime();
    Answer started = person.client().post("/execute", Map.of("command", "echo $SLOW"));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
    assertThat(started.json().path("status").asText()).isEqualTo("running");
    String id = started.json().path("id").asText();
    assertThat(person.client().get("/execute/" + id + "/status?wait=20").output())
        .isEqualTo("yes\n");
  }

  @Test
  void saysThatTheHomeCannotBeEnteredAndRunsElsewhere() {
    Person person = Person.withStartFile("");
    assertThat(person.client().run("chmod 0 ~").exitCode()).isZero();
    Answer refused = person.client().run("echo no");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.detail())
        .isEqualTo(
            "The working directory does not exist or cannot be entered: "
                + person.home()
                + ". Create it, or name another one in cwd.");
    assertThat(person.client().get("/execute").body()).doesNotContain("echo no");
    String id =
        person.client().post("/execute", Map.of("command", "echo no")).json().path("id").asText();
    Answer later = person.client().get("/execute/" + id + "/status?wait=20");
    assertThat(later.output())
        .contains("[The command did not run: the working directory")
        .doesNotContain("no\n");
    assertThat(later.exitCode()).isOne();
    Answer mended = person.client().run(Map.of("command", "chmod 700 ~", "cwd", "/"));
    assertThat(mended.exitCode()).as(mended.body()).isZero();
    assertThat(person.client().run("pwd").output()).isEqualTo(person.home() + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit 0", "sleep 1000", "echo noise; echo noise >&2", "exec sh"})
  void readsNoStartFileForFilesAndDirectories(String startFile) {
    Person person = Person.withStartFile(startFile);
    Client client = person.client();
    long begin = System.nanoTime();
    assertThat(client.post("/files/mkdir", Map.of("path", "d")).status()).isEqualTo(200);
    assertThat(client.upload("d", "f.txt", "needle\n".getBytes(StandardCharsets.UTF_8)).status())
        .isEqualTo(200);
    assertThat(new String(client.bytes("/files/view?path=d/f.txt").body(), StandardCharsets.UTF_8))
        .isEqualTo("needle\n");
    assertThat(client.get("/files/grep?query=needle&path=d").json().path("matches")).hasSize(1);
    assertThat(client.get("/files/glob?pattern=*.txt&path=d").body()).contains("f.txt");
    client.post(
        "/files/write", Map.of("path", "d/x.rtf", "content", "{\\rtf1\\ansi\\deff0 words\\par}"));
    assertThat(client.get("/files/read?path=d/x.rtf").body()).contains("words");
    assertThat(client.post("/files/cwd", Map.of("path", "d")).status()).isEqualTo(200);
    assertThat(client.post("/files/cwd", Map.of("path", "missing")).status()).isEqualTo(404);
    assertThat(client.delete("/files/delete?path=" + person.home() + "/d").status()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(14));
  }

  private static TerminalClient attach(Person person) {
    String id = person.client().send("POST", "/api/terminals", null).json().path("id").asText();
    return TerminalClient.connect(base(), id, person.id()).auth(KEY);
  }

  @Test
  void tellsThePersonWhyATerminalEndedAtOnce() {
    Person person = Person.withStartFile("exit 3");
    try (TerminalClient terminal = attach(person)) {
      terminal.await("The shell ended before anybody typed \\(exit status 3\\): .*~/\\.bashrc");
      assertThat(terminal.awaitClose()).isPositive();
    }
  }

  @Test
  void letsAStartFileBringItsOwnShellInATerminal() {
    Person person = Person.withStartFile("[[ $- != *i* ]] || PS1='mine> ' exec sh");
    try (TerminalClient terminal = attach(person).resize(100, 30)) {
      terminal.type("echo $0 is here\r");
      terminal.await("sh is here");
      terminal.type("exit\r");
      assertThat(terminal.awaitClose()).isPositive();
    }
    assertThat(person.client().run("echo hi").output()).isEqualTo("hi\n");
  }
}
