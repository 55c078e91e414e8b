package io.gatehouse.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.CommandLine;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Signal;
import io.gatehouse.gateway.support.InProcessSshd;
import io.gatehouse.gateway.support.SilentPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the login of one account, against a server in this JVM. */
@Timeout(120)
class SshSessionTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration AT_ONCE = Duration.ZERO;

  @AutoClose private InProcessSession login;

  private InProcessSshd sshd;
  private SshSession session;

  @BeforeEach
  void start(@TempDir Path folder) {
    login = new InProcessSession(folder);
    sshd = login.sshd();
    session = login.session();
  }

  private CommandLine line(String text) {
    return new CommandLine(text, sshd.home().toString(), Map.of());
  }

  /** The whole output, with the line ends of files. */
  private static String read(InputStream output) throws IOException {
    return new String(output.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
  }

  private String run(String text) throws IOException {
    try (Command command = session.exec(line(text))) {
      return read(command.output());
    }
  }

  private static void assertRefused(ThrowingCallable call, Reason reason) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SessionException.class, failure -> assertThat(failure.reason()).isEqualTo(reason));
  }

  // --- Commands

  @Test
  void tellsTheOutputAndTheStatusOfACommand() throws IOException {
    try (Command command = session.exec(line("echo first; echo second >&2; exit 3"))) {
      assertThat(read(command.output())).isEqualTo("first\nsecond\n");
      assertThat(command.exit().join()).isEqualTo(ExitStatus.ofCode(3));
      assertThat(command.started()).isCompleted();
    }
  }

  @Test
  void givesACommandItsDirectoryItsVariablesAndATerminal() throws IOException {
    Path folder = Files.createDirectory(sshd.home().resolve("it's here"));
    CommandLine line =
        new CommandLine(
            "pwd; echo \"$GREETING\"; tty >/dev/null && stty size",
            folder.toString(),
            Map.of("GREETING", "a 'b' $c"));
    try (Command command = session.exec(line)) {
      assertThat(read(command.output())).isEqualTo(folder + "\na 'b' $c\n24 80\n");
    }
    assertThat(sshd.requests().getFirst().variables())
        .containsEntry("GATEHOUSE_ENV_GREETING", "a 'b' $c")
        .containsEntry("TERM", "xterm-256color");
  }

  @Test
  void countsTheLinesOfATextAsItsAuthorDoes() throws IOException {
    assertThat(run("echo $LINENO\necho $LINENO")).isEqualTo("1\n2\n");
  }

  @Test
  void runsNothingInADirectoryThatIsNotThere() throws IOException {
    CommandLine line = new CommandLine("touch ran", "/nowhere at all", Map.of());
    try (Command command = session.exec(line)) {
      assertThat(read(command.output()))
          .contains("does not exist or cannot be entered: /nowhere at all");
      assertThatThrownBy(() -> command.started().get())
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOfSatisfying(
              SessionException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.NO_DIRECTORY));
    }
    assertThat(sshd.home().resolve("ran")).doesNotExist();
  }

  @Test
  void tellsWhetherADirectoryCanBeEntered() {
    session.requireDirectory(sshd.home().toString());
    assertRefused(() -> session.requireDirectory("/nowhere"), Reason.NO_DIRECTORY);
  }

  @Test
  void typesIntoACommand() throws IOException {
    try (Command command = session.exec(line("read -r word; echo \"got $word\""))) {
      Thread typist =
          Thread.ofVirtual().start(() -> command.type("hello\n".getBytes(StandardCharsets.UTF_8)));
      assertThat(read(command.output())).endsWith("got hello\n");
      assertThat(typist).satisfies(Thread::join);
    }
  }

  @Test
  void refusesWhatIsTypedIntoACommandThatHasEnded() throws IOException {
    try (Command command = session.exec(line("true"))) {
      assertThat(read(command.output())).isEmpty();
      command.exit().join();
      assertRefused(() -> command.type(new byte[] {'x'}), Reason.ENDED);
      assertThat(command.awaitsInput()).isFalse();
      command.signal(Signal.TERM);
    }
  }

  @Test
  void sendsASignalToACommand() throws IOException {
    try (Command command =
        session.exec(
            line("trap 'echo caught; exit 7' USR1; echo ready; while :; do sleep 0.05; done"))) {
      InputStream output = command.output();
      assertThat(new String(output.readNBytes(5), StandardCharsets.UTF_8)).isEqualTo("ready");
      command.signal(Signal.USR1);
      assertThat(read(output)).contains("caught");
      assertThat(command.exit().join().code()).isEqualTo(7);
    }
  }

  @Test
  void endsACommandThatIsClosed() throws IOException {
    Command command = session.exec(line("echo $$; sleep 1000"));
    assertThat(command.output().read()).isPositive();
    command.close();
    assertThat(command.exit().orTimeout(60, TimeUnit.SECONDS).join().code()).isNotZero();
  }

  @Test
  void asksTheProgramInTheLoginWhetherACommandWaitsForInput() throws IOException {
    Files.writeString(sshd.runtime().resolve("waiting"), "[[ $1 =~ ^[0-9]+$ ]] && printf waiting");
    try (Command command = session.exec(line("echo ready; read -r word"))) {
      assertThat(command.output().read()).isEqualTo('r');
      assertThat(command.awaitsInput()).isTrue();
    }
    Files.writeString(sshd.runtime().resolve("waiting"), "printf busy");
    try (Command command = session.exec(line("echo ready; read -r word"))) {
      assertThat(command.output().read()).isEqualTo('r');
      assertThat(command.awaitsInput()).isFalse();
    }
  }

  @Test
  void saysThatACommandCouldNotBeStarted() throws IOException {
    sshd.refusePrograms();
    try (Command command = session.exec(line("true"))) {
      assertThat(read(command.output())).isEmpty();
      assertThat(command.exit().join()).isEqualTo(ExitStatus.ofNotStarted());
    }
  }

  // --- Start files

  @Test
  void readsTheStartFileOfTheUser() throws IOException {
    Files.writeString(sshd.home().resolve(".bashrc"), "echo from the start file; MINE=yes\n");
    assertThat(run("echo $MINE")).isEqualTo("from the start file\nyes\n");
  }

  @Test
  void runsACommandWithoutAStartFileThatEndsTheShell() throws IOException {
    Files.writeString(sshd.home().resolve(".bashrc"), "echo before; exit 5\n");
    assertThat(run("echo done"))
        .startsWith("before\n")
        .contains("Your ~/.bashrc, or a file that it reads, ended the shell (exit status 5)")
        .endsWith("done\n");
    assertThat(sshd.requests()).hasSize(2);
    assertThat(sshd.requests().getLast().variables()).containsEntry("SHLVL", "1");
  }

  @Test
  void showsWhatALongStartFilePrints() throws IOException {
    Files.writeString(
        sshd.home().resolve(".bashrc"),
        "for ((i = 0; i < 20000; i++)); do echo \"line $i\"; done\n");
    assertThat(run("echo done")).startsWith("line 0\n").endsWith("line 19999\ndone\n");
  }

  @Test
  void saysWhyATextThatIsNoShellTextDidNotRun() throws IOException {
    try (Command command = session.exec(line("("))) {
      assertThat(read(command.output())).contains("syntax error");
      assertThat(command.started()).isCompletedExceptionally();
      assertThat(command.exit().join().code()).isNotZero();
      assertRefused(() -> command.type(new byte[] {'x'}), Reason.ENDED);
    }
  }

  // --- Programs of the gateway's own

  @Test
  void runsAProgramWithoutATerminalAndWithoutStartFiles() throws IOException {
    Files.writeString(sshd.home().resolve(".bashrc"), "echo unwanted\n");
    try (Pipe pipe = session.pipe("echo out; echo err >&2; echo $LC_ALL; tty; exit 4", LIMIT)) {
      assertThat(read(pipe.output())).isEqualTo("out\nC.UTF-8\nnot a tty\n");
      assertThat(pipe.exit()).isEqualTo(ExitStatus.ofCode(4));
      assertThat(pipe.errors()).isEqualTo("err\n");
      assertThat(pipe.timedOut()).isFalse();
    }
  }

  @Test
  void endsAProgramAtItsLimit() throws IOException {
    try (Pipe pipe = session.pipe("echo begun; exec sleep 1000", Duration.ofMillis(200))) {
      read(pipe.output());
      assertThat(pipe.exit().code()).isNotZero();
      assertThat(pipe.timedOut()).isTrue();
    }
  }

  @Test
  void killsAProgramThatIsClosed() throws IOException {
    String pid;
    try (Pipe pipe = session.pipe("echo $$; exec sleep 1000", LIMIT)) {
      pid =
          new BufferedReader(new InputStreamReader(pipe.output(), StandardCharsets.UTF_8))
              .readLine();
    }
    await()
        .atMost(LIMIT)
        .until(
            () -> ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void keepsOnlyTheBeginningOfComplaints() throws IOException {
    try (Pipe pipe = session.pipe("head -c 100000 /dev/zero | tr '\\0' x >&2", LIMIT)) {
      read(pipe.output());
      pipe.exit();
      assertThat(pipe.errors()).hasSize(8 * 1024);
    }
  }

  // --- Logins

  @Test
  void logsInOnceForAllWhoComeTogether() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String text = "echo " + i;
        answers.add(threads.submit(() -> run(text)));
      }
      for (int i = 0; i < 8; i++) {
        assertThat(answers.get(i).get()).isEqualTo(i + "\n");
      }
    }
    assertThat(sshd.logins()).isEqualTo(1);
  }

  @Test
  void logsInAgainAfterTheConnectionWasLost() throws IOException {
    assertThat(run("echo one")).isEqualTo("one\n");
    sshd.dropConnections();
    assertThat(run("echo two")).isEqualTo("two\n");
    assertThat(sshd.logins()).isEqualTo(2);
  }

  @Test
  void saysThatTheLoginOfARunningCommandWasLost() throws IOException {
    try (Command command = session.exec(line("echo ready; sleep 1000"))) {
      assertThat(command.output().read()).isEqualTo('r');
      sshd.dropConnections();
      assertThat(read(command.output())).isNotNull();
      assertThat(command.exit().join().failure()).contains("its login was lost");
    }
  }

  @Test
  void provisionsAnAccountAgainWhoseKeyIsRefused() throws IOException {
    sshd.forgetKey();
    assertThat(run("echo welcome")).isEqualTo("welcome\n");
    assertThat(sshd.provisioned()).isEqualTo(2);
  }

  @Test
  void triesOnlyOnceToMendALoginThatIsRefused() throws IOException {
    sshd.forgetKeys();
    assertRefused(() -> run("true"), Reason.LOGIN_REFUSED);
    assertThat(sshd.provisioned()).isEqualTo(2);
    sshd.learnKeys();
    assertThat(run("echo again")).isEqualTo("again\n");
  }

  @Test
  void saysWhyPamRefusesALogin() {
    sshd.instead("; :$", "echo 'required, and not in force: memory'; exit 254");
    assertThatThrownBy(() -> run("true")).hasMessage("required, and not in force: memory");
    sshd.instead("; :$", "exit 254");
    assertRefused(() -> run("true"), Reason.NOT_ISOLATED);
    assertThatThrownBy(() -> run("true"))
        .hasMessage("PAM refuses the login of " + sshd.account().name());
    await().atMost(LIMIT).until(() -> sshd.connections() == 0);
  }

  @Test
  void saysThatNobodyAnswers() throws IOException {
    try (SilentPort nobody = new SilentPort()) {
      SshSettings settings = SshSettings.of(nobody.number(), sshd.runtime(), "xterm");
      try (SshConnector toNobody = new SshConnector(settings);
          SshSession refused =
              new SshSession(sshd.account(), sshd.accounts(), toNobody, settings)) {
        assertRefused(() -> refused.pipe("true", LIMIT), Reason.UNREACHABLE);
      }
    }
  }

  @Test
  void refusesServersWithAnotherHostKey() throws IOException {
    Files.writeString(
        sshd.runtime().resolve("ssh_host_ed25519_key.pub"),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKn2wXn1y5Zq0d0ZJm0b0u1m1c5yqf5Jq3xV7p2cXkqB");
    try (SshConnector wary = new SshConnector(sshd.settings());
        SshSession refused =
            new SshSession(sshd.account(), sshd.accounts(), wary, sshd.settings())) {
      assertThatThrownBy(() -> refused.pipe("true", LIMIT)).isInstanceOf(SessionException.class);
    }
    assertThat(sshd.logins()).isZero();
  }

  @Test
  void saysThatThereIsNoFurtherChannel() {
    try (Pipe pipe = session.pipe("sleep 1000", LIMIT)) {
      sshd.refuseChannels();
      assertThat(pipe.timedOut()).isFalse();
      assertRefused(() -> session.pipe("true", LIMIT), Reason.CHANNEL_REFUSED);
      assertRefused(session::files, Reason.CHANNEL_REFUSED);
    }
  }

  // --- Channels for files

  @Test
  void keepsTwoChannelsForFilesOpen() {
    for (int i = 0; i < 3; i++) {
      try (RemoteFiles files = session.files()) {
        assertThat(files.realPath("/")).isEqualTo("/");
      }
    }
    assertThat(sshd.sftp().channels()).isEqualTo(1);
    try (RemoteFiles first = session.files();
        RemoteFiles second = session.files();
        RemoteFiles third = session.files()) {
      assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
    }
    assertThat(sshd.sftp().channels()).isEqualTo(3);
    try (RemoteFiles first = session.files();
        RemoteFiles second = session.files()) {
      assertThat(first.realPath("/")).isEqualTo(second.realPath("/"));
    }
    assertThat(sshd.sftp().channels()).isEqualTo(3);
  }

  @Test
  void opensAnotherChannelForFilesAfterTheConnectionWasLost() {
    try (RemoteFiles files = session.files()) {
      assertThat(files.realPath("/")).isEqualTo("/");
      sshd.dropConnections();
      assertRefused(() -> files.realPath("/"), Reason.TIMED_OUT);
    }
    try (RemoteFiles files = session.files()) {
      assertThat(files.realPath("/")).isEqualTo("/");
    }
    assertThat(sshd.sftp().channels()).isEqualTo(2);
  }

  // --- Ends

  @Test
  void endsALoginThatNobodyUses() throws IOException {
    try (Pipe pipe = session.pipe("sleep 1000", LIMIT)) {
      session.endIfIdle(AT_ONCE);
      assertThat(sshd.connections()).isEqualTo(1);
      assertThat(pipe.timedOut()).isFalse();
    }
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              session.endIfIdle(AT_ONCE);
              return sshd.connections() == 0;
            });
    assertThat(run("echo back")).isEqualTo("back\n");
    assertThat(sshd.logins()).isEqualTo(2);
  }

  @Test
  void keepsALoginThatWasUsedAMomentAgo() throws IOException {
    run("true");
    session.endIfIdle(Duration.ofHours(1));
    assertThat(sshd.connections()).isEqualTo(1);
  }

  @Test
  void endsWhatAnAccountHasLeftOnce() throws IOException {
    run("true");
    sshd.somebodyIsLoggedIn(true);
    await().atMost(LIMIT).until(() -> endLeftovers() == 0 && sshd.connections() == 0);
    sshd.somebodyIsLoggedIn(false);
    assertThat(endLeftovers()).isEqualTo(1);
    assertThat(endLeftovers()).isEqualTo(1);
    run("true");
    await().atMost(LIMIT).until(() -> endLeftovers() == 2);
  }

  private int endLeftovers() {
    session.endLeftovers(AT_ONCE);
    return sshd.ends();
  }

  @Test
  void hasAllProcessesOfTheAccountEnded() throws IOException {
    run("true");
    session.endProcesses();
    assertThat(sshd.ends()).isEqualTo(1);
    await().atMost(LIMIT).until(() -> sshd.connections() == 0);
    assertThat(run("echo back")).isEqualTo("back\n");
  }
}
