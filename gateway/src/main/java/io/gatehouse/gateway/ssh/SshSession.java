package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.account.Boundary;
import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.CommandLine;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Shell;
import io.gatehouse.gateway.session.ShellWord;
import io.gatehouse.gateway.session.WindowSize;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.PtyChannelConfiguration;
import org.apache.sshd.common.channel.PtyMode;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.jspecify.annotations.Nullable;

/** One account's login: a connection that is made when needed and shared by all its channels. */
final class SshSession implements Session, AutoCloseable {

  /** Bash reads ~/.bashrc in the first shell of an SSH login only, and sshd takes this variable. */
  private static final Map<String, String> WITHOUT_START_FILES = Map.of("SHLVL", "1");

  /**
   * What the gateway runs for itself speaks the same language everywhere, because it reads the
   * answers: a number of a sheet with a comma, or a refusal in German, would be another answer.
   */
  private static final String IN_NO_LANGUAGE = "export LC_ALL=C.UTF-8; ";

  /** Bytes. */
  private static final int LONGEST_REASON = 1024;

  /** Each is a process of sshd that waits. */
  private static final int MOST_IDLE_SFTP = 2;

  /** Without it, erasing a letter that has two bytes leaves one of them (RFC 8160). */
  private static final Map<PtyMode, Integer> UTF_8_INPUT = Map.of(PtyMode.IUTF8, 1);

  private final Account account;
  private final Accounts accounts;
  private final SshConnector connector;
  private final SshSettings settings;
  private final StartFiles startFiles = new StartFiles();

  /** Null until the first login; a failed login is replaced by the next attempt. */
  private final AtomicReference<@Nullable CompletableFuture<ClientSession>> connection =
      new AtomicReference<>();

  private final Deque<SftpChannel> idleSftp = new ConcurrentLinkedDeque<>();

  // Guarded by this.
  private int openChannels;
  private long lastUsed = System.nanoTime();
  private boolean leftoversEnded;

  SshSession(Account account, Accounts accounts, SshConnector connector, SshSettings settings) {
    this.account = account;
    this.accounts = accounts;
    this.connector = connector;
    this.settings = settings;
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
    return onConnection(session -> openExec(session, commandLine, loginVariables));
  }

  @Override
  public Shell shell(String directory, WindowSize size) {
    return onChannel(
        () -> onConnection(session -> openShell(session, directory, size)), SshShell::exit);
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

  /** Counts a channel as open from before it is to its end. */
  private <C> C onChannel(Supplier<C> open, Function<C, CompletableFuture<?>> end) {
    channelBegins();
    C channel = null;
    try {
      channel = open.get();
      var unused = end.apply(channel).thenRun(this::channelEnded);
      return channel;
    } finally {
      if (channel == null) {
        channelEnded();
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
      throw causeOf(failure);
    } catch (TimeoutException failure) {
      throw new SessionException(
          Reason.TIMED_OUT, "the shell takes too long to start: " + where(), failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new SessionException(Reason.TIMED_OUT, "the check was cut short: " + where());
    }
  }

  @Override
  public Pipe pipe(String text, Duration limit) {
    return onChannel(
        () -> onConnection(session -> openPipe(session, text, limit)), SshPipe::whenEnded);
  }

  private SshPipe openPipe(ClientSession session, String text, Duration limit) throws IOException {
    ChannelExec channel =
        session.createExecChannel(IN_NO_LANGUAGE + text, null, WITHOUT_START_FILES);
    return SshPipe.open(channel, settings.channelLimit(), limit);
  }

  @Override
  public RemoteFiles files() {
    CompletableFuture<Void> givenBack = new CompletableFuture<>();
    return onChannel(
        () ->
            new SshFiles(
                openSftp(),
                channel -> {
                  keep(channel);
                  givenBack.complete(null);
                },
                where()),
        files -> givenBack);
  }

  private SftpChannel openSftp() {
    ClientSession session = connected();
    for (SftpChannel idle = idleSftp.poll(); idle != null; idle = idleSftp.poll()) {
      if (idle.isOpen() && idle.getClientSession().equals(session)) {
        return idle;
      }
      end(idle);
    }
    return onConnection(SftpChannel::new);
  }

  private void keep(SftpChannel channel) {
    if (!channel.isOpen() || idleSftp.size() >= MOST_IDLE_SFTP) {
      end(channel);
    } else {
      idleSftp.push(channel);
    }
  }

  private static void end(SftpChannel channel) {
    channel.getClientChannel().close(false);
  }

  private static void drain(Command command) {
    try {
      command.output().transferTo(OutputStream.nullOutputStream());
    } catch (IOException closed) {
      // Whoever waits for the check is told by its limit.
    }
  }

  private synchronized void channelBegins() {
    openChannels++;
    leftoversEnded = false;
  }

  private synchronized void channelEnded() {
    lastUsed = System.nanoTime();
    openChannels--;
  }

  /** Something that opens a channel. */
  @FunctionalInterface
  private interface Opening<C> {
    C on(ClientSession session) throws IOException;
  }

  private <C> C onConnection(Opening<C> opening) {
    ClientSession first = connected();
    try {
      return on(first, opening);
    } catch (SessionException failure) {
      // The connection ended between two requests; nothing was sent on it.
      if (failure.reason() == Reason.CHANNEL_REFUSED || first.isOpen()) {
        throw failure;
      }
      return on(connected(), opening);
    }
  }

  private <C> C on(ClientSession session, Opening<C> opening) {
    try {
      return opening.on(session);
    } catch (SshChannelOpenException refusal) {
      throw new SessionException(
          Reason.CHANNEL_REFUSED, "sshd opens no further channel: " + where(), refusal);
    } catch (IOException | IllegalStateException failure) {
      throw new SessionException(
          session.isOpen() ? Reason.TIMED_OUT : Reason.UNREACHABLE,
          "the login was lost: " + where(),
          failure);
    }
  }

  private SshCommand openExec(
      ClientSession session, CommandLine commandLine, Map<String, String> loginVariables)
      throws IOException {
    Map<String, String> variables = new HashMap<>(environment(commandLine.environment()));
    variables.putAll(loginVariables);
    ChannelExec channel =
        session.createExecChannel(shellText(commandLine), terminal(WindowSize.DEFAULT), variables);
    channel.setUsePty(true);
    return SshCommand.open(
        channel, settings.channelLimit(), where(), this::pipe, settings.waiting());
  }

  /**
   * The prelude and the text, on one line, so that the shell counts the text's lines as its author
   * does.
   *
   * <p>The prelude leaves {@code __gatehouse}. Without that variable the shell ends here, so that
   * the text never runs when something else that is called {@code .} ran instead of the prelude.
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

  private static Map<String, String> environment(Map<String, String> variables) {
    return variables.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                variable -> Boundary.ENVIRONMENT_PREFIX + variable.getKey(), Map.Entry::getValue));
  }

  /** The open connection, made by whoever comes first; the others wait for it. */
  private ClientSession connected() {
    while (true) {
      CompletableFuture<ClientSession> current = connection.get();
      if (current != null && isUsable(current)) {
        return await(current);
      }
      CompletableFuture<ClientSession> mine = new CompletableFuture<>();
      if (connection.compareAndSet(current, mine)) {
        try {
          mine.complete(login());
        } catch (RuntimeException failure) {
          mine.completeExceptionally(failure);
          throw failure;
        }
        return await(mine);
      }
    }
  }

  private static boolean isUsable(CompletableFuture<ClientSession> login) {
    return !login.isDone() || (!login.isCompletedExceptionally() && login.join().isOpen());
  }

  private ClientSession await(CompletableFuture<ClientSession> login) {
    try {
      // Whoever logs in may try twice and provision in between.
      long limit =
          settings.loginLimit().multipliedBy(2).plus(settings.provisioningLimit()).toMillis();
      return login.get(limit, TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw causeOf(failure);
    } catch (TimeoutException failure) {
      throw new SessionException(Reason.TIMED_OUT, "the login takes too long: " + where(), failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new SessionException(Reason.TIMED_OUT, "the login was cut short: " + where());
    }
  }

  private static RuntimeException causeOf(ExecutionException failure) {
    return failure.getCause() instanceof RuntimeException cause
        ? cause
        : new CompletionException(failure.getCause());
  }

  private ClientSession login() {
    try {
      return connect();
    } catch (SessionException failure) {
      if (failure.reason() != Reason.LOGIN_REFUSED) {
        throw failure;
      }
      // Somebody removed the account or its key since it was provisioned: mend it, once.
      accounts.reprovision(account);
      return connect();
    }
  }

  private ClientSession connect() {
    ClientSession session =
        connector.connect(account.name().value(), accounts.keyOf(account).keyPair());
    try {
      refusal(session)
          .ifPresent(
              reason -> {
                throw new SessionException(Reason.NOT_ISOLATED, reason);
              });
      return session;
    } catch (SessionException failure) {
      session.close(true);
      throw failure;
    }
  }

  /**
   * Why PAM refuses the login, if it does: sshd goes on with it, and each of its programs only says
   * why and ends. So it is asked of one that does nothing.
   */
  private Optional<String> refusal(ClientSession session) {
    try (SshPipe nothing = openPipe(session, ":", settings.channelLimit())) {
      String reason =
          new String(nothing.output().readNBytes(LONGEST_REASON), StandardCharsets.UTF_8).strip();
      return Optional.of(reason.isEmpty() ? "PAM refuses the login of " + account.name() : reason)
          .filter(said -> nothing.exit().code() == Boundary.STATUS_REFUSED_BY_PAM);
    } catch (IOException lost) {
      // Whoever opens the next channel is told.
      return Optional.empty();
    }
  }

  /** Ends the connection if nothing has used it for this long; the next channel makes a new one. */
  synchronized void endIfIdle(Duration idleEnd) {
    // Whoever begins a channel comes before or after this, never in between.
    if (isIdle(idleEnd)) {
      close();
    }
  }

  private synchronized boolean isIdle(Duration idleEnd) {
    return openChannels == 0 && System.nanoTime() - lastUsed > idleEnd.toNanos();
  }

  /**
   * Ends all that is left of the account if nothing has used the login for this long, once; whoever
   * begins a channel meanwhile waits, and gets a new login.
   */
  synchronized void endLeftovers(Duration limit) {
    if (!leftoversEnded && isIdle(limit)) {
      close();
      leftoversEnded = accounts.endIfLeft(account);
    }
  }

  @Override
  public void endProcesses() {
    // sshd's process of it is killed too, of which the next one who came would hear too late.
    CompletableFuture<ClientSession> last = connection.getAndSet(null);
    try {
      accounts.end(account);
    } finally {
      close(last);
    }
  }

  @Override
  public void close() {
    close(connection.getAndSet(null));
  }

  private static void close(@Nullable CompletableFuture<ClientSession> login) {
    if (login != null) {
      var unused = login.thenAccept(session -> session.close(true));
    }
  }

  private String where() {
    return "127.0.0.1:" + settings.port() + " as " + account.name().value();
  }
}
