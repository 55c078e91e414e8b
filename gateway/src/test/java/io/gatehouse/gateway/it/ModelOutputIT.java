package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the output of commands that models get: text as people see it, and a notice that a command
 * waits for input.
 */
final class ModelOutputIT {

  private static final String KEY = "model-output-test-key";

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client carla;
  private static Client dora;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of());
    Client anybody =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY));
    carla = anybody.user("carla");
    dora = anybody.user("doraid");
    assertThat(carla.run("true").exitCode()).isZero();
    assertThat(dora.run("true").exitCode()).isZero();
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static Answer start(Client client, String command, int wait) {
    return client.post("/execute?wait=" + wait, Map.of("command", command));
  }

  private static Answer status(Client client, String id, String query) {
    return client.get("/execute/" + id + "/status?" + query);
  }

  private static String id(Answer answer) {
    return answer.json().path("id").asText();
  }

  private static String text(Answer answer) {
    StringBuilder text = new StringBuilder();
    answer.json().path("output").forEach(entry -> text.append(entry.path("data").asText()));
    return text.toString();
  }

  private static final String BAR =
      "for i in 10 50 100; do printf '\\r"
          + "%3d%%' $i; sleep 0.1; done; printf '\\r"
          + "\\033[K\\033[32mdone\\033[m\\n"
          + "'";

  @Test
  void showsAProgressBarOnce() {
    Answer plain = start(carla, BAR, 10);
    assertThat(text(plain)).isEqualTo("done\n");
    String raw = "\r 10%\r 50%\r100%\r\033[K\033[32mdone\033[m\r\n".replace("\033", "\u001b");
    assertThat(text(carla.post("/execute?wait=10&plain=false", Map.of("command", BAR))))
        .isEqualTo(raw);
    // The log stays unchanged, because Open WebUI's dock draws it.
    long next = plain.json().path("next_offset").asLong();
    assertThat(next).isGreaterThan(1);
    assertThat(text(status(carla, id(plain), "wait=0&offset=0&tail=1000"))).isEqualTo(raw);
    assertThat(text(status(carla, id(plain), "offset=0"))).isEqualTo("done\n");
    assertThat(text(status(carla, id(plain), "wait=5"))).isEqualTo("done\n");
    assertThat(text(status(carla, id(plain), "wait=0&plain=true"))).isEqualTo("done\n");
    assertThat(text(status(carla, id(plain), "plain=False"))).isEqualTo(raw);
    Answer nothing = status(carla, id(plain), "offset=" + next);
    assertThat(text(nothing)).isEmpty();
    assertThat(nothing.json().path("next_offset").asLong()).isEqualTo(next);
    assertThat(text(status(carla, id(plain), "tail=1"))).endsWith("done\n");
  }

  @Test
  void tellsWhatIsNewOfARunningCommand() {
    Answer begun =
        start(carla, "echo one; printf 'half'; read x; printf ' 1%%\\r 2%%'; read x", 30);
    assertThat(text(begun)).isEqualTo("one\nhalf");
    long offset = begun.json().path("next_offset").asLong();
    carla.post("/execute/" + id(begun) + "/input", Map.of("input", "typed\n"));
    Answer next = status(carla, id(begun), "wait=30&offset=" + offset);
    assertThat(text(next)).isEqualTo("typed\n 2%");
    // Reads from the start, and from a place whose screen is not remembered.
    assertThat(text(status(carla, id(begun), "offset=0"))).isEqualTo("one\nhalftyped\n 2%");
    assertThat(text(status(carla, id(begun), "offset=" + offset))).isEqualTo("typed\n 2%");
    carla.send("DELETE", "/execute/" + id(begun) + "?force=true", null);
  }

  @Test
  void losesNothingOfALongOutput() {
    Answer answer = start(carla, "seq -f 'line %.0f' 200000", 60);
    String text = text(answer);
    assertThat(text).startsWith("line 1\nline 2\n").endsWith("line 199999\nline 200000\n");
    assertThat(text.lines().count()).isEqualTo(200_000);
  }

  @Test
  void saysThatACommandWaitsAndAnswersThen() {
    long begin = System.nanoTime();
    Answer asked = start(carla, "read -p 'Name: ' name; echo hello $name", 60);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    assertThat(asked.json().path("status").asText()).isEqualTo("running");
    assertThat(asked.json().path("waiting_for_input").asBoolean()).isTrue();
    assertThat(text(asked)).isEqualTo("Name: ");
    // The dock gets the notice as well, without waiting.
    assertThat(status(carla, id(asked), "wait=0").json().path("waiting_for_input").asBoolean())
        .isTrue();
    assertThat(of(carla.get("/execute").json(), id(asked)).path("waiting_for_input").asBoolean())
        .isTrue();

    carla.post("/execute/" + id(asked) + "/input", Map.of("input", "Carla\n"));
    Answer ended = status(carla, id(asked), "wait=30");
    assertThat(ended.exitCode()).isZero();
    assertThat(ended.json().has("waiting_for_input")).isFalse();
    assertThat(text(ended)).isEqualTo("Name: Carla\nhello Carla\n");
  }

  private static JsonNode of(JsonNode list, String id) {
    for (JsonNode each : list) {
      if (each.path("id").asText().equals(id)) {
        return each;
      }
    }
    throw new AssertionError("not in the list: " + id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"python3", "bash -i", "cat", "vi", "SSH_ASKPASS_REQUIRE=never ssh-keygen -f k"})
  void findsInteractivePrograms(String command) {
    Answer answer = start(carla, command, 60);
    assertThat(answer.json().path("waiting_for_input").asBoolean()).as(command).isTrue();
    carla.send("DELETE", "/execute/" + id(answer) + "?force=true", null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sleep 4", "sleep 4 | cat", "python3 -m http.server 0 & sleep 4; kill %1"})
  void takesNothingElseForWaiting(String command) {
    Answer answer = start(carla, command, 60);
    assertThat(answer.json().path("status").asText()).as(command).isEqualTo("done");
  }

  @Test
  void isNotSentToOtherProcessesByAUsersOwnLies() throws IOException {
    Answer waits = start(dora, "echo $$; cat", 60);
    String processOfDora = text(waits).strip();
    // Carla's start file reports the process of another user, before the prelude reports hers.
    carla.post(
        "/files/write",
        Map.of(
            "path",
            ".bashrc",
            "content",
            "printf '\\036started " + processOfDora + "\\n' >/dev/tty"));
    Answer answer = start(carla, "sleep 3; echo mine", 60);
    carla.post("/files/write", Map.of("path", ".bashrc", "content", ""));
    assertThat(answer.json().has("waiting_for_input")).isFalse();
    assertThat(text(answer)).endsWith("mine\n");
    assertThat(status(dora, id(waits), "wait=0").json().path("status").asText())
        .isEqualTo("running");
    dora.send("DELETE", "/execute/" + id(waits) + "?force=true", null);
  }

  @Test
  void canBeSetToGiveBytes() {
    try (RunningGateway raw = sshd.startGateway(KEY, Map.of("GATEHOUSE_PLAIN_OUTPUT", "false"))) {
      Client other =
          new Client("http://127.0.0.1:" + raw.port(), Map.of("Authorization", "Bearer " + KEY))
              .user("carla");
      assertThat(text(start(other, "echo a", 10))).isEqualTo("a\r\n");
      assertThat(text(other.post("/execute?wait=10&plain=true", Map.of("command", "echo a"))))
          .isEqualTo("a\n");
    }
  }
}
