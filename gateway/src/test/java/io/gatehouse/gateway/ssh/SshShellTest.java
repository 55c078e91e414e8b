package io.gatehouse.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Shell;
import io.gatehouse.gateway.session.WindowSize;
import io.gatehouse.gateway.support.InProcessSshd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests a login shell on a terminal, which script(1) makes. */
@Timeout(120)
class SshShellTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @AutoClose private InProcessSession login;

  private InProcessSshd sshd;
  private SshSession session;

  /** The output of the shells so far. A thread for each shell reads it. */
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  @BeforeEach
  void start(@TempDir Path folder) {
    login = new InProcessSession(folder);
    sshd = login.sshd();
    session = login.session();
  }

  private Shell open(String directory) {
    Shell shell = session.shell(directory, new WindowSize(90, 30));
    Thread.ofPlatform().daemon().start(() -> copy(shell.output()));
    return shell;
  }

  private void copy(InputStream output) {
    try {
      output.transferTo(shown);
    } catch (IOException ended) {
      // The test has ended.
    }
  }

  private static void type(Shell shell, String text) {
    shell.type(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), LIMIT);
  }

  private void awaitShown(String text) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(shown.toString(StandardCharsets.UTF_8)).contains(text));
  }

  @Test
  void runsWhatIsTyped() {
    Shell shell = open(sshd.home().toString());
    // The shell's echo shows the question and never the answer.
    type(shell, "echo $((6 * 7)) in \"$PWD\"\n");
    awaitShown("42 in " + sshd.home());
    type(shell, "exit 3\n");
    assertThat(shell.exit().orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(ExitStatus.ofCode(3));
    assertThatThrownBy(() -> type(shell, "too late"))
        .isInstanceOfSatisfying(
            SessionException.class,
            failure -> assertThat(failure.reason()).isEqualTo(SessionException.Reason.ENDED));
    shell.resize(WindowSize.DEFAULT);
  }

  @Test
  void tellsItsProcessIdAndHidesTheReport() throws Exception {
    Shell shell = open(sshd.home().toString());
    long id = shell.processId().get(60, TimeUnit.SECONDS);
    assertThat(ProcessHandle.of(id)).isPresent();
    type(shell, "echo id=$$\n");
    awaitShown("id=" + id);
    assertThat(shown.toString(StandardCharsets.UTF_8)).doesNotContain("\u001e");
    shell.end();
  }

  @Test
  void beginsAtHomeWhereTheDirectoryCannotBeEntered() {
    Shell shell = open("/nowhere at all");
    awaitShown("/nowhere at all: No such file or directory");
    type(shell, "echo now in \"$PWD\"\n");
    awaitShown("now in " + sshd.home());
    shell.end();
  }

  @Test
  void hasTheSizeOfItsWindow() {
    Shell shell = open(sshd.home().toString());
    type(shell, "echo first: $(stty size)\n");
    awaitShown("first: 30 90");
    shell.resize(new WindowSize(70, 20));
    type(
        shell,
        "until [[ $(stty size) == '20 70' ]]; do sleep 0.05; done; echo second: $(stty size)\n");
    awaitShown("second: 20 70");
    shell.end();
  }

  @Test
  void endsAllThatRunsInItsSession() throws Exception {
    Shell shell = open(sshd.home().toString());
    long id = shell.processId().get(60, TimeUnit.SECONDS);
    type(shell, "(trap '' HUP; exec sleep 1000) & echo child=$!;\n");
    awaitShown("child=");
    shell.end();
    await()
        .atMost(LIMIT)
        .until(() -> ProcessHandle.of(id).filter(ProcessHandle::isAlive).isEmpty());
    assertThat(shell.exit().orTimeout(60, TimeUnit.SECONDS).join().code()).isNotZero();
    assertThat(sshd.requests().getLast().text()).contains("pkill -HUP -s " + id);
  }

  @Test
  void saysThatItEndedBeforeItTellsItsProcessId() {
    sshd.instead("exec -a", "exit 5");
    Shell shell = open(sshd.home().toString());
    await().atMost(LIMIT).until(() -> shell.processId().isCompletedExceptionally());
    assertThatThrownBy(() -> shell.processId().join()).hasMessageContaining("the shell has ended");
    shell.end();
  }
}
