package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.PlainSsh;
import io.gatehouse.gateway.support.RealSshd;
import io.gatehouse.gateway.support.TerminalClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the variables of the container that an admin passes on to users, in every kind of login to
 * a real sshd.
 */
@Timeout(120)
final class UserEnvironmentIT {

  private static final String KEY = "environment-key";

  /** A value with all characters that a shell, PAM or sed treats specially. */
  private static final String VALUE =
      " a \"b' c\\ $HOME ${HOME} @{PAM_USER} # `id` % & | SECOND=x ü";

  @TempDir private static Path keys;

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client erika;

  @BeforeAll
  static void start() throws IOException {
    sshd =
        RealSshd.start(
            Map.of(
                "GATEHOUSE_USER_ENVIRONMENT", "default VALUE",
                "VALUE", VALUE,
                "http_proxy", "http://proxy.example:3128",
                "HTTPS_PROXY", "http://me:hunter2@proxy.example:3128",
                "TZ", "Asia/Kathmandu",
                "UNNAMED", "not-for-users"));
    gateway = sshd.startGateway(KEY, Map.of());
    erika =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY))
            .user("erika");
    PlainSsh.makeKey(key(), "erika");
    Answer added =
        erika.run(
            "echo '"
                + Files.readString(PlainSsh.publicKey(key())).strip()
                + "' >> ~/.ssh/authorized_keys");
    assertThat(added.exitCode()).as(added.body()).isZero();
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static Path key() {
    return keys.resolve("erika");
  }

  private static String[] asPerson(String program, String... words) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(PlainSsh.options(key(), sshd.peoplePort()));
    command.addAll(List.of(words));
    return command.toArray(String[]::new);
  }

  private static final String SHOW =
      "printf '%s|%s|%s|%s|%s|%s\\n' \"$VALUE\" \"$http_proxy\" \"$TZ\" \"$LANG\""
          + " \"${HTTPS_PROXY-none}\" \"${UNNAMED-none}\"; date +%z";

  private static final String SHOWN =
      VALUE + "|http://proxy.example:3128|Asia/Kathmandu|C.UTF-8|none|none\n+0545\n";

  @Test
  void reachesCommands() {
    assertThat(erika.run(SHOW).output()).isEqualTo(SHOWN);
  }

  @Test
  void reachesTerminals() {
    String id = erika.send("POST", "/api/terminals", null).json().path("id").asText();
    try (TerminalClient terminal =
        TerminalClient.connect("http://127.0.0.1:" + gateway.port(), id, "erika")
            .auth(KEY)
            .resize(300, 30)) {
      assertThat(
              new String(
                  terminal.run(SHOW).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
          .isEqualTo(SHOWN);
    }
  }

  @Test
  void reachesPeopleWhoLogInAndLeavesTheirFilesAlone() throws IOException {
    assertThat(RealSshd.run(asPerson("ssh", "ghiterika@127.0.0.1", SHOW))).isEqualTo(SHOWN);
    Path file = Files.writeString(keys.resolve("sent"), "sent");
    RealSshd.run(asPerson("scp", file.toString(), "ghiterika@127.0.0.1:sent"));
    assertThat(erika.run("cat sent").output()).isEqualTo("sent");
  }

  @Test
  void givesWayToTheRequestAndToTheUsersOwnFiles() {
    assertThat(
            erika
                .run(
                    Map.of(
                        "command",
                        "echo $http_proxy $TZ",
                        "env",
                        Map.of("http_proxy", "mine", "TZ", "UTC")))
                .output())
        .isEqualTo("mine UTC\n");
    Client other = erika.user("otherone");
    other.post("/files/write", Map.of("path", ".bashrc", "content", "export TZ=UTC http_proxy=\n"));
    assertThat(other.run("echo $TZ [$http_proxy]").output()).isEqualTo("UTC []\n");
  }
}
