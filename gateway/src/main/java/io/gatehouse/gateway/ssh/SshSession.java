package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.account.Boundary;
import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.CommandLine;
import io.gatehouse.gateway.session.Conversation;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Shell;
import io.gatehouse.gateway.session.ShellWord;
import io.gatehouse.gateway.session.Tunnel;
import io.gatehouse.gateway.session.WindowSize;
import io.gatehouse.gateway.ssh.sftp.SftpChannel;
import io.gatehouse.gateway.ssh.sftp.SftpPool;
import io.gatehouse.gateway.ssh.sftp.SshFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.PtyChannelConfiguration;
import org.apache.sshd.common.channel.PtyMode;

/** The login of one account: every operation opens a channel in its one connection. */
final class SshSession implements Session, AutoCloseable {

  /**
   * Makes bash skip ~/.bashrc. Bash reads that file only in the first shell of an SSH login, which
   * it recognises by this variable. sshd accepts the variable.
   */
  static final Map<String, String> WITHOUT_START_FILES = Map.of("SHLVL", "1");

  /**
   * The mode of terminals for input in UTF-8 (RFC 8160). Without it, erasing a letter of two bytes
   * leaves one of these bytes.
   */
  private static final Map<PtyMode, Integer> UTF_8_INPUT = Map.of(PtyMode.IUTF8, 1);

  private final Account account;
  private final Accounts accounts;
  private final SshSettings settings;
  private final Login login;
  private final LoginChannels channels;
  private final SftpPool sftp = new SftpPool();
  private final IdleClock idle = new IdleClock();
  private final StartFiles startFiles = new StartFiles();

  // Guarded by the lock of this object.
  private boolean leftoversEnded;

  SshSession(Account account, Accounts accounts, SshConnector connector, SshSettings settings) {
    this.account = account;
    this.accounts = accounts;
    this.settings = settings;
    this.login = new Login(account, accounts, connector, settings);
    this.channels = new LoginChannels(login, account.name(), where());
  }

  @Override
  public Command exec(CommandLine commandLine) {
    return onChannel(
        () ->
            StartFileFallback.open(
                () -> exec(commandLine, Map.of()),
                () -> exec(commandLine, WITHOUT_START_FILES),
                startFiles,
                commandLine.directory()),
        Command::exit);
  }

  private SshCommand exec(CommandLine commandLine, Map<String, String> loginVariables) {
    return channels.open(session -> openExec(session, commandLine, loginVariables));
  }

  @Override
  public Shell shell(String directory, WindowSize size) {
    return onChannel(
        () -> channels.open(session -> openShell(session, directory, size)), SshShell::exit);
  }

  private SshShell openShell(ClientSession session, String directory, WindowSize size)
      throws IOException {
    PtyChannelConfiguration terminal = terminal(size);
    terminal.setPtyModes(UTF_8_INPUT);
    ChannelExec channel =
        session.createExecChannel(SshShell.text(directory), terminal, WITHOUT_START_FILES);
    channel.setUsePty(true);
    return SshShell.open(channel, this::pipe, settings.channelLimit(), where());
  }

  /** Counts a channel that begins. It waits while {@link #endLeftovers} runs. */
  private synchronized void beginChannel() {
    idle.channelBegins();
    leftoversEnded = false;
  }

  /** Counts a channel as open from the moment before it is opened until its end. */
  private <C> C onChannel(Supplier<C> open, Function<C, CompletableFuture<?>> end) {
    beginChannel();
    C channel = null;
    try {
      channel = open.get();
      var unused = end.apply(channel).thenRun(idle::channelEnded);
      return channel;
    } finally {
      if (channel == null) {
        idle.channelEnded();
      }
    }
  }

  @Override
  public void requireDirectory(String directory) {
    CommandLine nothing = new CommandLine(":", directory, Map.of());
    try (Command command = onChannel(() -> exec(nothing, WITHOUT_START_FILES), SshCommand::exit)) {
      Thread.ofVirtual().name("directory check").start(() -> drain(command));
      command.started().get(settings.channelLimit().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw Login.causeOf(failure);
    } catch (TimeoutException failure) {
      throw new SessionException(
          Reason.TIMED_OUT,
          "the shell did not start in time to check the directory for " + where() + "; try again",
          failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new SessionException(
          Reason.TIMED_OUT,
          "the check of the directory for " + where() + " was interrupted; try again");
    }
  }

  @Override
  public Pipe pipe(String text, Duration limit) {
    return onChannel(
        () -> channels.open(session -> SshPipe.open(session, text, settings.channelLimit(), limit)),
        SshPipe::whenEnded);
  }

  @Override
  public Conversation converse(String text) {
    return onChannel(
        () ->
            channels.open(session -> SshPipe.Talking.open(session, text, settings.channelLimit())),
        SshPipe.Talking::exit);
  }

  @Override
  public Optional<Pipe> pipeIfLoggedIn(String text, Duration limit) {
    return login
        .current()
        .map(
            session ->
                channels.openOn(
                    session, open -> SshPipe.open(open, text, settings.channelLimit(), limit)));
  }

  @Override
  public Optional<Tunnel> connect(String host, int port, Duration limit) {
    beginChannel();
    Optional<SshTunnel> tunnel = Optional.empty();
    try {
      tunnel = channels.open(session -> SshTunnel.open(session, host, port, limit));
      tunnel.ifPresent(
          open -> {
            var unused = open.whenEnded().thenRun(idle::channelEnded);
          });
      return tunnel.map(Tunnel.class::cast);
    } finally {
      if (tunnel.isEmpty()) {
        idle.channelEnded();
      }
    }
  }

  @Override
  public RemoteFiles files() {
    CompletableFuture<Void> givenBack = new CompletableFuture<>();
    return onChannel(
        () ->
            new SshFiles(
                openSftp(),
                channel -> {
                  sftp.giveBack(channel);
                  givenBack.complete(null);
                },
                where()),
        files -> givenBack);
  }

  private SftpChannel openSftp() {
    return sftp.take(login.connected()).orElseGet(() -> channels.open(SftpChannel::new));
  }

  private static void drain(Command command) {
    try {
      command.output().transferTo(OutputStream.nullOutputStream());
    } catch (IOException closed) {
      // Nothing to do here: the caller gives up after the channel limit.
    }
  }

  private SshCommand openExec(
      ClientSession session, CommandLine commandLine, Map<String, String> loginVariables)
      throws IOException {
    Map<String, String> variables = new HashMap<>(loginVariables);
    commandLine
        .environment()
        .forEach((name, value) -> variables.put(Boundary.ENVIRONMENT_PREFIX + name, value));
    ChannelExec channel =
        session.createExecChannel(shellText(commandLine), terminal(WindowSize.DEFAULT), variables);
    channel.setUsePty(true);
    return SshCommand.open(
        channel, settings.channelLimit(), where(), this::pipe, settings.waiting());
  }

  /**
   * Returns the prelude and the command's text on one line, so that the shell counts the lines of
   * the text as its author does.
   *
   * <p>The prelude sets {@code __gatehouse}. Without that variable the shell ends here, so that the
   * text never runs if some other program or function called {@code .} ran instead of the prelude.
   */
  private String shellText(CommandLine commandLine) {
    return "\\. "
        + ShellWord.quote(settings.prelude().toString())
        + " "
        + ShellWord.quote(commandLine.directory())
        + "; [[ ${__gatehouse?} ]]; \\builtin unset -v __gatehouse; "
        + commandLine.text();
  }

  private PtyChannelConfiguration terminal(WindowSize size) {
    PtyChannelConfiguration terminal = new PtyChannelConfiguration();
    terminal.setPtyType(settings.terminalType());
    terminal.setPtyColumns(size.columns());
    terminal.setPtyLines(size.rows());
    return terminal;
  }

  /** Ends the connection if nothing has used it for this long; the next channel makes a new one. */
  synchronized void endIfIdle(Duration limit) {
    // No channel can begin between the check and the end, because both take the same lock.
    if (idle.isIdle(limit)) {
      close();
    }
  }

  /**
   * Ends all processes that the account has left behind, once, if nothing has used the login for
   * this long. A caller that begins a channel meanwhile waits, and gets a new login.
   */
  synchronized void endLeftovers(Duration limit) {
    if (!leftoversEnded && idle.isIdle(limit)) {
      close();
      leftoversEnded = accounts.endIfLeft(account);
    }
  }

  @Override
  public void endProcesses() {
    // Ending the processes also kills sshd's process of the connection. The connection is detached
    // before, so that no other caller begins to use it.
    var last = login.detach();
    try {
      accounts.end(account);
    } finally {
      last.ifPresent(Login::close);
    }
  }

  @Override
  public void close() {
    login.close();
  }

  private String where() {
    return settings.where(account);
  }
}
