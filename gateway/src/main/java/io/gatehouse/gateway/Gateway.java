package io.gatehouse.gateway;

import io.gatehouse.gateway.account.AccountBounds;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.account.StandingWatch;
import io.gatehouse.gateway.account.UserListPoll;
import io.gatehouse.gateway.auth.AuthSettings;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.auth.CachingTokenValidator;
import io.gatehouse.gateway.auth.OpenWebUiTokenValidator;
import io.gatehouse.gateway.auth.OpenWebUiUserList;
import io.gatehouse.gateway.auth.UserListSettings;
import io.gatehouse.gateway.chat.WorkingDirectories;
import io.gatehouse.gateway.exec.ExecutionLogs;
import io.gatehouse.gateway.exec.Executions;
import io.gatehouse.gateway.files.Documents;
import io.gatehouse.gateway.files.FileServices;
import io.gatehouse.gateway.files.patch.Patches;
import io.gatehouse.gateway.http.HttpServer;
import io.gatehouse.gateway.http.Services;
import io.gatehouse.gateway.isolation.Isolation;
import io.gatehouse.gateway.notebooks.NotebookSettings;
import io.gatehouse.gateway.notebooks.Notebooks;
import io.gatehouse.gateway.ports.Ports;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.skills.Skills;
import io.gatehouse.gateway.ssh.SshConnector;
import io.gatehouse.gateway.ssh.SshProvisioner;
import io.gatehouse.gateway.ssh.SshSessions;
import io.gatehouse.gateway.terminal.TerminalSettings;
import io.gatehouse.gateway.terminal.Terminals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Wires the packages together, and closes them at the end. */
final class Gateway implements AutoCloseable {

  /** Longer than a request to root may take with its repetition. */
  private static final Duration RESTORE_LIMIT = Duration.ofMinutes(3);

  private final Optional<OpenWebUiTokenValidator> openWebUi;
  private final SshConnector connector;
  private final Accounts accounts;

  /** Restores the known accounts, while the other parts are made. */
  private final FutureTask<Boolean> restoring;

  private final StandingWatch standings;
  private final Optional<OpenWebUiUserList> userList;
  private final Optional<UserListPoll> userListPoll;
  private final Optional<Duration> pollInterval;
  private final Sessions sessions;
  private final Executions executions;
  private final Optional<Terminals> terminals;
  private final Optional<Notebooks> notebooks;
  private final Isolation isolation;
  private final Ports ports;
  private final HttpServer server;
  private final HeapCare heap = HeapCare.begin();

  private Gateway(Configuration configuration) {
    Clock clock = Clock.systemUTC();
    AuthSettings auth = configuration.access().auth();
    connector = new SshConnector(configuration.logins().ssh());
    accounts =
        Accounts.of(
            configuration.logins().accounts(),
            new SshProvisioner(configuration.logins().ssh(), connector));
    restoring = new FutureTask<>(accounts::restoreAll, true);
    Thread.ofVirtual().name("restore accounts").start(restoring);
    standings = new StandingWatch(accounts);
    openWebUi =
        auth.openWebUiUrl()
            .map(url -> new OpenWebUiTokenValidator(url, auth.requestTimeout(), accounts.roles()));
    AccountBounds bounds = AccountBounds.of(configuration.logins().ssh().runtimeDirectory());
    sessions = new SshSessions(configuration.logins().ssh(), connector, accounts, bounds);
    isolation = new Isolation(accounts, bounds, sessions, configuration.logins().isolation());
    ExecutionLogs logs =
        new ExecutionLogs(
            configuration.executions().logDirectory(),
            configuration.executions().logLimits(),
            clock);
    MemoryBudget memory = MemoryBudget.ofHeap(!accounts.isolated());
    executions = new Executions(sessions, logs, memory, clock);
    Authenticator authenticator =
        new Authenticator(
            auth.apiKey(), openWebUi.map(asked -> new CachingTokenValidator(asked, auth)));
    userList =
        configuration
            .access()
            .userList()
            .flatMap(
                settings ->
                    auth.openWebUiUrl()
                        .map(
                            url ->
                                new OpenWebUiUserList(
                                    url, settings.key(), UserListSettings.PAGE_LIMIT)));
    userListPoll = userList.map(list -> new UserListPoll(list, accounts));
    pollInterval = configuration.access().userList().map(UserListSettings::interval);
    terminals =
        Optional.of(configuration.terminals())
            .filter(TerminalSettings::enabled)
            .map(settings -> new Terminals(settings, sessions, authenticator, memory, clock));
    notebooks =
        Optional.of(configuration.logins().notebooks())
            .filter(NotebookSettings::enabled)
            .map(
                settings ->
                    new Notebooks(
                        settings,
                        runsNotebooks(),
                        configuration.logins().ssh().notebook(),
                        sessions,
                        clock));
    ports = Ports.of(sessions);
    server =
        new HttpServer(
            configuration.http(),
            configuration.executions(),
            version(),
            authenticator,
            new Services(
                accounts,
                sessions,
                new WorkingDirectories(configuration.workingDirectoryTimeToLive()),
                isolation,
                executions,
                FileServices.of(sessions, documents(configuration)),
                new Services.Features(
                    terminals,
                    notebooks,
                    new Skills(sessions, configuration.logins().etc(), memory),
                    new Patches(sessions),
                    ports)),
            memory);
  }

  /**
   * Starts everything. If a part cannot be started, the parts that were started before are closed
   * again.
   */
  static Gateway start(Configuration configuration) {
    Gateway gateway = new Gateway(configuration);
    try {
      gateway.awaitRestored();
      boolean awaited = gateway.isolation.isAwaited();
      if (awaited) {
        gateway.isolation.begin();
      }
      gateway.server.start();
      // What no request needs comes after the start of the server, which it would delay.
      Thread.ofVirtual().name("prepare to end").start(gateway.accounts::prepareToEnd);
      if (!awaited) {
        gateway.isolation.begin();
      }
      gateway.userListPoll.ifPresent(poll -> gateway.pollInterval.ifPresent(poll::begin));
      return gateway;
    } catch (RuntimeException failure) {
      gateway.close();
      throw failure;
    }
  }

  /** Waits until the known accounts exist. A provisioner that does not answer ends this earlier. */
  private void awaitRestored() {
    try {
      var unused = restoring.get(RESTORE_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      throw new IllegalStateException("cannot restore the accounts", failure.getCause());
    } catch (TimeoutException failure) {
      throw new IllegalStateException("the accounts were not restored in time", failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while accounts are restored", interruption);
    }
  }

  /**
   * The reader of documents. It runs in the users' logins with the same Java as the gateway, and
   * with LibreOffice if that is installed.
   */
  private static Documents documents(Configuration configuration) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Optional<Path> office =
        Stream.of("/usr/bin/soffice", "/usr/bin/libreoffice", "/usr/local/bin/soffice")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    Path program = configuration.logins().documents();
    return new Documents(java, program, aotCache(program), office);
  }

  /** The cache that scripts/train has made beside this jar. */
  private static Optional<Path> aotCache(Path jar) {
    String name = jar.getFileName().toString().replaceFirst("\\.jar$", ".aot");
    return Optional.of(jar.resolveSibling(name)).filter(Files::isRegularFile);
  }

  /**
   * Whether the Python of the users' logins has what a kernel needs. The program that starts
   * kernels takes no package from a user's home.
   */
  private static boolean runsNotebooks() {
    return Stream.of("zmq", "ipykernel").allMatch(Gateway::isPythonPackage);
  }

  private static boolean isPythonPackage(String name) {
    try (Stream<Path> versions = Files.list(Path.of("/usr/local/lib"))) {
      return Stream.concat(
              Stream.of(Path.of("/usr/lib/python3/dist-packages")),
              versions.map(version -> version.resolve("dist-packages")))
          .anyMatch(folder -> Files.isDirectory(folder.resolve(name)));
    } catch (IOException failure) {
      return Files.isDirectory(Path.of("/usr/lib/python3/dist-packages", name));
    }
  }

  private static String version() {
    return Optional.ofNullable(Gateway.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  int port() {
    return server.port();
  }

  /**
   * Ends commands and terminals before the server, so that requests that wait for them are
   * answered.
   */
  @Override
  public void close() {
    heap.close();
    userListPoll.ifPresent(UserListPoll::close);
    userList.ifPresent(OpenWebUiUserList::close);
    standings.close();
    executions.close();
    terminals.ifPresent(Terminals::close);
    notebooks.ifPresent(Notebooks::close);
    ports.close();
    server.close();
    isolation.close();
    sessions.close();
    connector.close();
    openWebUi.ifPresent(OpenWebUiTokenValidator::close);
  }
}
