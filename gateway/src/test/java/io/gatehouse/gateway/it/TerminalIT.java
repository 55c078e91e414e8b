package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import io.gatehouse.gateway.support.TerminalClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests terminals over a real sshd, with the key of the server. */
@Timeout(120)
final class TerminalIT {

  private static final String KEY = "terminal-key";

  private static RealSshd sshd;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of("OPEN_TERMINAL_MAX_SESSIONS", "4"));
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static String base() {
    return "http://127.0.0.1:" + gateway.port();
  }

  private static Client client(String user) {
    return new Client(base(), Map.of("Authorization", "Bearer " + KEY, "X-User-Id", user));
  }

  private static String open(Client client) {
    Answer answer = client.send("POST", "/api/terminals", null);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("id").asText();
  }

  private static TerminalClient attach(String user, String id) {
    return TerminalClient.connect(base(), id, user).auth(KEY).resize(100, 30);
  }

  private static String pid(Client client, String id) {
    return client.get("/api/terminals/" + id).json().path("pid").asText();
  }

  /** The processes of the account that still run and have these words in their command line. */
  private static String processes(String account, String words) {
    return RealSshd.run("pgrep", "-u", account, "-af", words);
  }

  private static void awaitNoProcess(String account, String words) throws InterruptedException {
    for (int i = 0; i < 600 && !processes(account, words).isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(processes(account, words)).isEmpty();
  }

  @Test
  void isALoginShellOnATerminalOfItsOwn() {
    Client anna = client("anna");
    try (TerminalClient terminal = attach("anna", open(anna))) {
      assertThat(terminal.run("id -un; pwd")).isEqualTo("ghitanna\n/home/ghitanna\n");
      assertThat(terminal.run("tty")).matches("/dev/pts/[0-9]+\n");
      assertThat(terminal.run("shopt login_shell; echo $0 $TERM $LANG $HOME $SHLVL $-"))
          .startsWith("login_shell    \ton\n-bash xterm-256color C.UTF-8 /home/ghitanna 1 h")
          .contains("m");
      assertThat(terminal.run("stty size; stty -a | grep -o ' iutf8'"))
          .isEqualTo("30 100\n iutf8\n");
      assertThat(terminal.run("env")).doesNotContain("GATEHOUSE");
      assertThat(terminal.texts()).isEmpty();
    }
  }

  /** Starts a command and stops it with Ctrl-Z when it has the terminal. */
  private static void stop(TerminalClient terminal, String command) {
    terminal.type("sh -c 'echo go\"\"es; exec " + command + "'\r");
    terminal.await("goes\r\n");
    terminal.type("\u001a");
    terminal.await("Stopped .*" + command);
  }

  @Test
  void stopsAndContinuesJobs() {
    Client jobs = client("jobs-user");
    try (TerminalClient terminal = attach("jobs-user", open(jobs))) {
      stop(terminal, "sleep 3141");
      assertThat(terminal.run("bg >/dev/null; jobs -r")).contains("Running").contains("sleep 3141");
      assertThat(terminal.run("kill %1; wait; jobs -r")).doesNotContain("Running");
    }
  }

  @Test
  void beginsInTheDirectoryOfTheChat() {
    Client chat = client("dirk").chat("chat-1");
    chat.run("mkdir -p 'a dir/it'\\''s'");
    assertThat(chat.post("/files/cwd", Map.of("path", "a dir/it's")).status()).isEqualTo(200);
    try (TerminalClient terminal = attach("dirk", open(chat))) {
      assertThat(terminal.run("pwd")).isEqualTo("/home/ghitdirk/a dir/it's\n");
    }
    chat.with("X-Session-Id", "other").run("rm -r 'a dir'");
    Client again = client("dirk").chat("chat-1");
    again.send(
        "DELETE",
        "/api/terminals/" + again.get("/api/terminals").json().at("/0/id").asText(),
        null);
    try (TerminalClient terminal = attach("dirk", open(again))) {
      terminal.await("No such file or directory");
      assertThat(terminal.run("pwd")).isEqualTo("/home/ghitdirk\n");
    }
  }

  @Test
  void takesSizesThatExistAndIgnoresEveryOtherText() {
    Client user = client("sizes");
    try (TerminalClient terminal = attach("sizes", open(user))) {
      terminal.resize(0, 10).resize(10, 1001).resize(-1, 5).resize(40, 12);
      terminal.text("{\"type\":\"resize\",\"cols\":\"x\"}").text("{\"type\":\"ping\"}");
      terminal.text("no json").text("[]").text("null").text("{\"type\":\"nothing\"}").text("");
      assertThat(terminal.run("stty size")).isEqualTo("12 40\n");
      terminal.resize(1000, 1000);
      assertThat(terminal.run("stty size")).isEqualTo("1000 1000\n");
      assertThat(terminal.texts()).isEmpty();
    }
  }

  @Test
  void typesAPasteOfFiveMegabytesWholeAndInOrder() throws Exception {
    byte[] paste = new byte[5_000_000];
    new Random(1).nextBytes(paste);
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(paste));
    try (TerminalClient terminal = attach("pat-paste", open(client("pat-paste")))) {
      // The program reads late, and typed input waits until then.
      terminal.type(
          "stty raw -echo; echo rea''dy; sleep 3; head -c 5000000 | sha256sum; stty sane\r");
      terminal.await("ready");
      terminal.type(paste);
      terminal.await(hash);
      assertThat(terminal.run("echo on")).isEqualTo("on\n");
    }
  }

  @Test
  void obeysControlCWhileItFloods() {
    try (TerminalClient terminal = attach("flo-flood", open(client("flo-flood")))) {
      terminal.type("cat /dev/zero | base64\r");
      terminal.await("(?:A{76}\r\n){2000}");
      terminal.type("\u0003");
      terminal.await("\\$ ");
      terminal.type("echo status $?\r");
      terminal.await("status 130\r\n");
      assertThat(terminal.largestFrame()).isLessThan(1 << 20);
      assertThat(terminal.texts()).isEmpty();
    }
  }

  /** More terminals than the machine has processors flood, so that all of them are held back. */
  @Test
  void losesNothingOfFloodsThatAreHeldBack() {
    Client user = client("floods");
    int floods = Math.min(Runtime.getRuntime().availableProcessors() + 1, 15);
    List<TerminalClient> open = new ArrayList<>();
    try (TerminalClient counting = attach("floods", open(user))) {
      for (int i = 0; i < floods; i++) {
        TerminalClient flooding = attach("floods", open(user));
        open.add(flooding);
        flooding.type("cat /dev/zero | base64\r");
        flooding.await("(?s).{1500000}");
      }
      String shown = counting.run("seq -f %099.0f 10000");
      assertThat(shown)
          .isEqualTo(
              IntStream.rangeClosed(1, 10_000)
                  .mapToObj("%099d\n"::formatted)
                  .collect(Collectors.joining()));
      for (TerminalClient flooding : open) {
        flooding.type("\u0003");
        flooding.await("\\$ $");
        flooding.type("echo status $?\r");
        flooding.await("status 130\r\n");
      }
    } finally {
      open.forEach(TerminalClient::close);
    }
  }

  /** This JVM has 256 MB, and the gateway is in it. */
  @Test
  void letsProgramsWaitForWhoDoesNotRead() throws InterruptedException {
    Client user = client("deaf");
    String id = open(user);
    try (TerminalClient deaf = TerminalClient.connectDeaf(base(), id, "deaf")) {
      deaf.auth(KEY).type("cat /dev/zero | base64\r");
      String another = open(user);
      try (TerminalClient terminal = attach("deaf", another)) {
        assertThat(terminal.run("sleep 2; pgrep -u $UID -x base64 | wc -l")).isEqualTo("1\n");
        String written = "cat /proc/$(pgrep -u $UID -x base64)/io | grep wchar";
        String before = terminal.run(written);
        for (int i = 0; i < 20 && !terminal.run("sleep 1;" + written).equals(before); i++) {
          before = terminal.run(written);
        }
        assertThat(terminal.run("sleep 1;" + written)).as("it waits").isEqualTo(before);
        assertThat(Long.parseLong(before.replaceAll("\\D", ""))).isLessThan(32_000_000);
        // The client does not read the output, and its input still arrives.
        deaf.type("\u0003");
        awaitNoProcess("ghitdeaf", "base64");
      }
    }
  }

  @Test
  void givesAReloadedPageItsTerminalBack() throws InterruptedException {
    Client chat = client("rela").chat("chat-r");
    String id = open(chat);
    String pid = pid(chat, id);
    TerminalClient first = attach("rela", id);
    first.type(
        "sh -c 'trap \"echo size \\$(stty size)\" WINCH; for i in 1 2 3 4 5 6 7 8; do echo tick $i;"
            + " sleep 0.3; done; echo bui\"\"lt'\r");
    first.await("tick 2");
    first.close();
    awaitDetached(chat);

    String again = open(chat);
    assertThat(again).isNotEqualTo(id);
    assertThat(pid(chat, again)).isEqualTo(pid);
    assertThat(chat.get("/api/terminals/" + id).status()).isEqualTo(404);
    try (TerminalClient late = TerminalClient.connect(base(), id, "rela").auth(KEY)) {
      assertThat(late.awaitClose()).isEqualTo(4004);
    }
    try (TerminalClient second = attach("rela", again)) {
      second.await("tick 1\r\n");
      second.await("tick 2\r\n");
      second.await("built");
      // The size is the same as before, and programs are still told to draw again.
      assertThat(second.output()).contains("size 30 100");
      second.resize(90, 20);
      assertThat(second.run("stty size")).isEqualTo("20 90\n");

      // Another tab of the chat is another shell.
      String tab = open(chat);
      assertThat(pid(chat, tab)).isNotEqualTo(pid);
      assertThat(chat.get("/api/terminals").json()).hasSize(2);
    }
  }

  private static void awaitDetached(Client client) throws InterruptedException {
    // Only a terminal with a viewer can be read.
    for (int i = 0; i < 200 && client.get("/api/terminals/user/output").status() == 200; i++) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(client.get("/api/terminals/user/output").status()).isEqualTo(404);
  }

  @Test
  void givesBackTheOneThatIsAskedFor() throws InterruptedException {
    Client user = client("asks");
    String id = open(user);
    TerminalClient first = attach("asks", id);
    first.run("mine=kept");
    Answer inUse = user.send("POST", "/api/terminals?attach=" + id, null);
    assertThat(inUse.status()).isEqualTo(409);
    assertThat(inUse.json().path("error").asText()).contains("in use");
    first.close();
    awaitDetached(user);
    assertThat(client("thief").send("POST", "/api/terminals?attach=" + id, null).status())
        .isEqualTo(404);
    Answer given = user.chat("another").send("POST", "/api/terminals?attach=" + id, null);
    assertThat(given.status()).as("a terminal of no chat").isEqualTo(404);
    String again =
        user.send("POST", "/api/terminals?attach=" + id, null).json().path("id").asText();
    try (TerminalClient second = attach("asks", again)) {
      assertThat(second.run("echo $mine")).isEqualTo("kept\n");
    }
  }

  @Test
  void endsAllOfItsSessionWhenItIsDeleted() {
    Client user = client("dele");
    String id = open(user);
    try (TerminalClient terminal = attach("dele", id)) {
      terminal.run(
          "nohup sleep 4201 >/dev/null 2>&1 & (trap '' HUP TERM; sleep 4202) & sleep 4203 & disown"
              + " -h");
      stop(terminal, "sleep 4204");
      assertThat(processes("ghitdele", "sleep 420")).contains("4201", "4202", "4203", "4204");
      Answer deleted = user.delete("/api/terminals/" + id);
      assertThat(deleted.body()).isEqualTo("{\"status\":\"deleted\"}");
      assertThat(processes("ghitdele", "sleep 420")).isEmpty();
      assertThat(terminal.awaitClose()).isEqualTo(1000);
    }
    assertThat(user.delete("/api/terminals/" + id).status()).isEqualTo(404);
    assertThat(user.get("/api/terminals").body()).isEqualTo("[]");
  }

  @Test
  void endsAllOfItsSessionWhenTheShellExits() throws InterruptedException {
    Client user = client("leaves");
    String id = open(user);
    try (TerminalClient terminal = attach("leaves", id)) {
      terminal.run("(trap '' HUP; sleep 4301) & { nohup sleep 4302 >/dev/null 2>&1 & }");
      terminal.type("exit\r");
      assertThat(terminal.awaitClose()).isEqualTo(1000);
    }
    awaitNoProcess("ghitleaves", "sleep 430");
    assertThat(user.get("/api/terminals/" + id).json().path("error").asText())
        .isEqualTo("Session not found");
  }

  @Test
  void hasALimitForEachUser() {
    Client user = client("many");
    for (int i = 0; i < 4; i++) {
      open(user);
    }
    Answer refused = user.send("POST", "/api/terminals", null);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.json().path("error").asText()).contains("You have 4 terminals");
    user.delete("/api/terminals/" + user.get("/api/terminals").json().at("/0/id").asText());
    open(user);
    open(client("nobody-else"));
  }

  @Test
  void saysInTheTerminalThatSshdDied() {
    Client user = client("dies");
    String id = open(user);
    try (TerminalClient terminal = attach("dies", id)) {
      terminal.run("true");
      RealSshd.killConnections("ghitdies");
      terminal.await("its login was lost");
      assertThat(terminal.awaitClose()).isEqualTo(1000);
    }
    try (TerminalClient terminal = attach("dies", open(user))) {
      assertThat(terminal.run("echo back")).isEqualTo("back\n");
    }
  }

  @Test
  void saysInTheTerminalThatSshdRefuses() {
    Client user = client("refu");
    user.run("true");
    RealSshd.killConnections("ghitrefu");
    // The expiry date is not the one that provisioning itself sets, and takes back.
    RealSshd.run("usermod", "--expiredate", "2", "ghitrefu");
    Answer opened = user.send("POST", "/api/terminals", null);
    assertThat(opened.status()).isEqualTo(200);
    assertThat(opened.json().path("pid").isNull()).isTrue();
    String id = opened.json().path("id").asText();
    try (TerminalClient terminal = TerminalClient.connect(base(), id, "refu").auth(KEY)) {
      terminal.await("No shell could be started: sshd refuses the gateway's key");
      assertThat(terminal.awaitClose()).isEqualTo(1000);
    }
  }

  @Test
  void letsAModelReadAndTypeWhereTheUserLooks() {
    Client chat = client("mode").chat("chat-m");
    assertThat(chat.get("/api/terminals/user/output").detail())
        .isEqualTo("No connected user shell");
    try (TerminalClient terminal = attach("mode", open(chat))) {
      terminal.run("true");
      assertThat(chat.post("/api/terminals/user/input", Map.of("input", "echo mo''del\n")).body())
          .isEqualTo("{\"status\":\"ok\"}");
      terminal.await("model\r\n");
      String read = chat.get("/api/terminals/user/output").json().path("output").asText();
      assertThat(read.lines()).contains("model").noneMatch(line -> line.contains("\u001b"));
      assertThat(chat.get("/api/terminals/user/output?raw=True").json().path("output").asText())
          .contains("model\r\n", "\u001b[?2004");
      assertThat(chat.get("/api/terminals/user/output?raw=perhaps").status()).isEqualTo(422);
      assertThat(client("mode").chat("other").get("/api/terminals/user/output").status())
          .isEqualTo(404);
      assertThat(client("mode").get("/api/terminals/user/output").status()).isEqualTo(404);
      assertThat(client("mode").get("/api/terminals").json()).isEmpty();
      assertThat(client("moda").chat("chat-m").get("/api/terminals/user/output").status())
          .isEqualTo(404);
      assertThat(chat.post("/api/terminals/user/input", Map.of("text", "x")).status())
          .isEqualTo(422);
    }
  }

  /** The text of a program on the whole screen, and of the shell before and after it. */
  @Test
  void letsAModelReadWhatAPersonSees() {
    Client chat = client("read").chat("chat-r");
    try (TerminalClient terminal = attach("read", open(chat))) {
      terminal.resize(40, 10).run("stty size");
      terminal.run("for i in 10 50 100; do printf \"\\r%s%%\" $i; done; echo; printf '%060d\\n' 7");
      assertThat(readable(chat)).contains("\n100%\n", "0".repeat(59) + "7\n").doesNotContain("50%");
      chat.run("for i in $(seq 300); do echo line $i; done > ~/long");
      terminal.type("less ~/long\r");
      terminal.await("line 9\r");
      assertThat(readable(chat))
          .startsWith("line 1\n")
          .contains("\nline 9\n")
          .doesNotContain("100%");
      terminal.type("q");
      terminal.run("echo done");
      assertThat(readable(chat)).contains("\n100%\n", "\ndone\n").doesNotContain("line 9\n");
      terminal.run("seq 1 20000");
      String end = readable(chat);
      assertThat(end).contains("\n19999\n20000\n");
      assertThat(end.length()).isBetween(60_000, 64 * 1024);
    }
  }

  private static String readable(Client chat) {
    return chat.get("/api/terminals/user/output").json().path("output").asText();
  }

  @Test
  void tellsWhatItIsLikeOpenTerminal() {
    Client user = client("tell");
    Answer opened = user.send("POST", "/api/terminals", null);
    assertThat(opened.json().path("id").asText()).matches("[A-Za-z0-9_-]{32}");
    assertThat(opened.json().path("pid").asLong()).isPositive();
    assertThat(Instant.parse(opened.json().path("created_at").asText()))
        .isBeforeOrEqualTo(Instant.now());
    assertThat(user.get("/api/terminals").json()).containsExactly(opened.json());
    assertThat(user.get("/api/terminals/" + opened.json().path("id").asText()).json())
        .isEqualTo(opened.json());
    assertThat(client("other-user").get("/api/terminals").body()).isEqualTo("[]");
    assertThat(user.get("/api/config").json().at("/features/terminal").asBoolean()).isTrue();
  }

  @Test
  void showsWhoIsThereWhereUtmpExists() {
    Assumptions.assumeTrue(Files.isWritable(Path.of("/run/utmp")));
    try (TerminalClient terminal = attach("whos", open(client("whos")))) {
      assertThat(terminal.run("who")).contains("ghitwhos");
    }
  }

  @Test
  void isThePersonsOwnOverEveryWay() {
    Client user = client("same");
    user.post("/execute", Map.of("command", "sleep 4401"));
    try (TerminalClient terminal = attach("same", open(user))) {
      assertThat(terminal.run("ps -o args= -u $(id -u)")).contains("sleep 4401");
      terminal.run("echo by terminal > ~/note");
    }
    assertThat(user.run("cat ~/note").output()).isEqualTo("by terminal\n");
  }

  @Test
  void restoresTheModesOfAProgramThatDrewFarMoreThanIsKept() throws InterruptedException {
    Client chat = client("full").chat("chat-f");
    TerminalClient first = attach("full", open(chat));
    first.type("printf '\\033[?1049h\\033[?1h\\033='; seq 100000; echo fin''ished; cat\r");
    first.await("finished");
    first.close();
    awaitDetached(chat);
    try (TerminalClient second = attach("full", open(chat))) {
      second.await("finished");
      String replayed = second.output();
      assertThat(replayed).startsWith("\u001b[?");
      assertThat(replayed.substring(0, 60)).contains("\u001b[?1049h", "\u001b[?1h", "\u001b=");
      assertThat(replayed.length()).isBetween(250_000, 263_000);
    }
  }
}
