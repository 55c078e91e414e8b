package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import io.gatehouse.gateway.support.TerminalClient;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands that no person looks at end where they would wait for one. */
final class UnwatchedCommandsIT {

  private static final String KEY = "unwatched-test-key";

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client ada;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of());
    ada =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY))
            .user("ada");
    String repository =
        "mkdir -p ~/repository && cd ~/repository && git init -q -b main"
            + " && git config user.email a@example.org && git config user.name A"
            + " && for i in $(seq 60); do git commit -q --allow-empty -m \"number $i\"; done";
    assertThat(ada.run(repository).exitCode()).isZero();
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static Answer run(String command) {
    Answer answer = ada.run(command);
    assertThat(answer.json().path("status").asText()).as(command).isEqualTo("done");
    return answer;
  }

  @Test
  void showsALogAndAManualPageWhole() {
    assertThat(run("cd ~/repository && git log --format=%s").output())
        .startsWith("number 60\n")
        .endsWith("number 1\n");
    assertThat(run("man ls").output()).contains("list directory contents");
    assertThat(run("seq 3000 > numbers; more numbers").output()).endsWith("\n3000\n");
  }

  @Test
  void failsWhereGitWouldOpenAnEditorOrAskForAPassword() {
    Answer commit = run("cd ~/repository && git commit --allow-empty");
    assertThat(commit.exitCode()).isOne();
    assertThat(commit.output()).contains("git commit -m TEXT");

    Answer clone =
        run(
            """
            perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", ReuseAddr => 1);
              print $s->sockport, "\\n"; close STDOUT;
              while ($c = $s->accept) { while (<$c>) { last if /^\\r/ } print $c "HTTP/1.0 401 x\\r\\nWWW-Authenticate: Basic realm=x\\r\\n\\r\\n"; close $c }' \
              >port 2>/dev/null </dev/null &
            while [ ! -s port ]; do sleep 0.1; done
            timeout 20 git clone http://127.0.0.1:$(cat port)/x; status=$?; kill %1; exit $status\
            """);
    assertThat(clone.exitCode()).isEqualTo(128);
    assertThat(clone.output()).contains("Nobody sits at this terminal to answer \"Username for");
  }

  @Test
  void leavesTerminalsAsTheyAre() {
    String id = ada.send("POST", "/api/terminals", null).json().path("id").asText();
    try (TerminalClient terminal =
        TerminalClient.connect("http://127.0.0.1:" + gateway.port(), id, "ada")
            .auth(KEY)
            .resize(120, 30)) {
      assertThat(
              new String(
                  terminal
                      .run("echo ${PAGER-none} ${EDITOR-none} ${GIT_ASKPASS-none}")
                      .getBytes(StandardCharsets.ISO_8859_1),
                  StandardCharsets.UTF_8))
          .isEqualTo("none none none\n");
    }
  }

  @Test
  void givesWayToTheUsersOwnFilesAndThoseToTheRequest() {
    Client other = ada.user("beth");
    other.post("/files/write", Map.of("path", ".bashrc", "content", "export PAGER=mine\n"));
    assertThat(other.run("echo $PAGER $GIT_PAGER").output()).isEqualTo("mine cat\n");
    assertThat(
            other
                .run(
                    Map.of(
                        "command",
                        "echo $PAGER [$GIT_PAGER]",
                        "env",
                        Map.of("PAGER", "asked", "GIT_PAGER", "")))
                .output())
        .isEqualTo("asked []\n");
    // Without the user's start files, because those do not end.
    other.post("/files/write", Map.of("path", ".bashrc", "content", "exit\n"));
    assertThat(other.run("echo $PAGER").output()).endsWith("cat\n");
  }
}
