package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.LogCapture;
import io.gatehouse.gateway.support.OpenWebUi;
import io.gatehouse.gateway.support.RealSshd;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the requests that open panes of Open WebUI send all day long. */
final class PollingIT {

  private static final String KEY = "polling-test-key";
  private static final int HOUR = 3600;

  private static RealSshd sshd;
  private static OpenWebUi openWebUi;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    openWebUi = OpenWebUi.start("127.0.0.1");
    openWebUi.knows("token-of-session", "session1", "poll@example.org", "user");
    gateway =
        sshd.startGateway(
            KEY,
            Map.of(
                "OPEN_TERMINAL_OWUI_URL",
                "http://127.0.0.1:" + openWebUi.port(),
                "OPEN_TERMINAL_ACCOUNT_NAMES",
                "id"));
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, openWebUi, sshd);
  }

  private static Client nobody() {
    return new Client("http://127.0.0.1:" + gateway.port(), Map.of());
  }

  /** The user {@code key1} or {@code session1}, with the headers of the mode, in a chat. */
  private static Client pane(String mode) {
    return nobody()
        .with("Authorization", "Bearer " + (mode.equals("key") ? KEY : "token-of-session"))
        .user(mode + "1")
        .chat("chat-of-" + mode);
  }

  /** The requests of a pane with an open tab, for a command that has ended with so much output. */
  private static List<String> polled(Answer command) {
    String status = "/execute/" + command.json().path("id").asText() + "/status?wait=0&tail=1000";
    return List.of(
        "/execute",
        status + "&offset=" + command.json().path("next_offset").asLong(),
        "/ports",
        "/files/cwd",
        "/system",
        "/api/config",
        "/openapi.json",
        "/api/terminals");
  }

  @ParameterizedTest
  @ValueSource(strings = {"key", "session"})
  void costsNoLoginNoDiskAndOneQuestionAMinuteAtMost(String mode) {
    Client pane = pane(mode);
    Answer command = pane.run("seq 100");
    assertThat(command.exitCode()).isZero();
    String account = "ghit" + mode + "1";
    RealSshd.killConnections(account);
    RealSshd.run("/bin/bash", "-c", "rm -rf /home/.gatehouse-it-*/logs/*");
    int questions = openWebUi.questions();

    for (String path : polled(command)) {
      double median = median(pane, path);
      System.out.printf("polled in %s mode: %.2f ms %s%n", mode, median, path);
    }
    // Ended processes that the machine's first process has not removed yet are not counted.
    assertThat(RealSshd.run("pgrep", "-u", account, "-r", "R,S,D", "-a")).isEmpty();
    // Open WebUI's answer about a token is believed for a minute.
    assertThat(openWebUi.questions()).isLessThanOrEqualTo(questions + 1);
  }

  /**
   * Open WebUI asks for skills in a turn of a chat and with each key that is typed into a menu,
   * which somebody does, and not as long as a pane is open. They are read in the user's own login,
   * so the first of these requests may open one, and no other request does.
   */
  @ParameterizedTest
  @ValueSource(strings = {"key", "session"})
  void asksTheLoginOnceForTheSkillsOfAWordThatIsTyped(String mode) {
    Client pane = pane(mode);
    String account = "ghit" + mode + "1";
    assertThat(pane.run("true").exitCode()).isZero();
    RealSshd.killConnections(account);
    long before = sshd.logins(account);
    System.out.printf("typed in %s mode: %.2f ms /skills%n", mode, median(pane, "/skills"));
    assertThat(pane.get("/skills").body()).isEqualTo("[]");
    assertThat(sshd.logins(account)).isBetween(before, before + 1);
  }

  /** Milliseconds. */
  private static double median(Client pane, String path) {
    long[] nanos = new long[200];
    for (int i = 0; i < nanos.length; i++) {
      long begin = System.nanoTime();
      assertThat(pane.get(path).status()).as(path).isEqualTo(200);
      nanos[i] = System.nanoTime() - begin;
    }
    Arrays.sort(nanos);
    return nanos[nanos.length / 2] / 1e6;
  }

  /**
   * The requests of two panes and of one chat turn a minute, for an hour, without the waiting in
   * between.
   */
  @Test
  void leavesNoLineInTheLogInAnHour() {
    List<Client> panes = List.of(pane("key"), pane("session"));
    panes.forEach(pane -> assertThat(pane.run("true").exitCode()).isZero());
    try (LogCapture log = LogCapture.start()) {
      for (int second = 0; second < HOUR; second++) {
        for (Client pane : panes) {
          assertThat(pane.get("/execute").status()).isEqualTo(200);
          if (second % 5 == 0) {
            assertThat(pane.get("/ports").status()).isEqualTo(200);
          }
          if (second % 60 == 0) {
            chatTurn(pane);
          }
        }
      }
      assertThat(log.lines()).isEmpty();
    }
  }

  private static void chatTurn(Client pane) {
    // Open WebUI reads the connection anew in each turn, in session mode without a credential.
    assertThat(nobody().get("/openapi.json").status()).isEqualTo(200);
    assertThat(nobody().get("/api/config").status()).isEqualTo(200);
    assertThat(nobody().get("/system").status()).isEqualTo(401);
    assertThat(nobody().get("/api/v1/policies").status()).isEqualTo(404);
    String home = pane.get("/files/cwd").json().path("home").asText();
    assertThat(pane.get("/system").status()).isEqualTo(200);
    assertThat(pane.get("/files/read?path=" + home + "/AGENTS.md").status()).isEqualTo(404);
    assertThat(pane.get("/skills").status()).isEqualTo(200);
    assertThat(pane.get("/skills/read?name=none").status()).isEqualTo(404);
    // The preview of a document asks for a PDF, and shows the document itself if there is none.
    assertThat(pane.get("/files/view?path=none.docx&preview=true").status()).isEqualTo(404);
  }

  /** Each of these searches ends its programs early, which must not use up MaxSessions of sshd. */
  @Test
  void aLoginEndsAnyNumberOfPrograms() {
    Client user = nobody().with("Authorization", "Bearer " + KEY).user("searcher");
    user.run("for file in one two; do yes needle | head -c 3000000 >$file; done");
    for (int search = 0; search < 400; search++) {
      Answer answer = user.get("/files/grep?path=.&query=needle&max_results=1");
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }
    assertThat(sshd.logins("ghitsearcher")).isEqualTo(1);
  }
}
