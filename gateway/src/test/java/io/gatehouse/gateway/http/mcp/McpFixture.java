package io.gatehouse.gateway.http.mcp;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountBounds;
import io.gatehouse.gateway.account.AccountKeyPair;
import io.gatehouse.gateway.account.AccountSettings;
import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.account.Boundary.RuntimeFile;
import io.gatehouse.gateway.account.Provisioner;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.auth.BearerToken;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.chat.WorkingDirectories;
import io.gatehouse.gateway.exec.ExecutionLogs;
import io.gatehouse.gateway.exec.ExecutionSettings;
import io.gatehouse.gateway.exec.Executions;
import io.gatehouse.gateway.files.Documents;
import io.gatehouse.gateway.files.FileServices;
import io.gatehouse.gateway.files.patch.Patches;
import io.gatehouse.gateway.http.FileSettings;
import io.gatehouse.gateway.http.HttpServer;
import io.gatehouse.gateway.http.HttpSettings;
import io.gatehouse.gateway.http.Services;
import io.gatehouse.gateway.http.describe.ServiceSettings;
import io.gatehouse.gateway.isolation.Isolation;
import io.gatehouse.gateway.isolation.IsolationSettings;
import io.gatehouse.gateway.ports.Ports;
import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.CommandLine;
import io.gatehouse.gateway.session.Conversation;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.Shell;
import io.gatehouse.gateway.session.Tunnel;
import io.gatehouse.gateway.session.WindowSize;
import io.gatehouse.gateway.skills.Skills;
import io.gatehouse.gateway.support.InProcessLogins;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A gateway whose commands do what a test says. Files are real, over SFTP of a server in this JVM,
 * and all accounts are the one that runs the test.
 */
final class McpFixture implements AutoCloseable {

  static final String KEY = "s3cr3t-key";
  static final long LARGEST_BODY = 3_000_000;

  private final InProcessLogins logins;
  private final Executions executions;
  private final HttpServer server;
  private final Map<String, Path> homes = new ConcurrentHashMap<>();

  /**
   * @param directory an empty folder of the test
   * @param origins of pages that may call
   * @param commands what each command line becomes
   */
  McpFixture(Path directory, List<String> origins, Function<CommandLine, Command> commands)
      throws IOException {
    logins = new InProcessLogins(Files.createDirectory(directory.resolve("sshd")));
    Sessions sessions = new Logins(logins, commands);
    MemoryBudget memory = new MemoryBudget(64 << 20, 32 << 20);
    ExecutionSettings limits =
        new ExecutionSettings(
            directory.resolve("logs"),
            new ExecutionLogs.Limits(
                ExecutionLogs.SMALLEST_MAX_SIZE,
                100_000_000,
                100_000_000,
                1000,
                1000,
                Duration.ofDays(1)),
            Optional.empty(),
            true);
    executions =
        new Executions(
            sessions,
            new ExecutionLogs(limits.logDirectory(), limits.logLimits(), Clock.systemUTC()),
            memory,
            Clock.systemUTC());
    Accounts accounts =
        Accounts.of(
            new AccountSettings(
                directory.resolve("state"),
                Files.createDirectory(directory.resolve("home")),
                "ghut",
                Naming.ID,
                true),
            new HomeMaker());
    server =
        new HttpServer(
            new HttpSettings(
                "127.0.0.1",
                0,
                origins,
                LARGEST_BODY,
                new ServiceSettings(
                    Optional.empty(), true, Optional.of("An info"), Optional.empty(), true),
                new FileSettings(
                    Optional.empty(), 2000, List.of("image", "application/zip"), false),
                directory),
            limits,
            "1.2.3",
            new Authenticator(Optional.of(new BearerToken(KEY)), Optional.empty()),
            new Services(
                accounts,
                sessions,
                new WorkingDirectories(Duration.ofDays(1)),
                new Isolation(
                    accounts,
                    AccountBounds.of(Path.of("none")),
                    sessions,
                    new IsolationSettings(Path.of("none"), 1, Path.of("none"), Set.of())),
                executions,
                FileServices.of(
                    sessions,
                    new Documents(
                        Path.of("java"), Path.of("none"), Optional.empty(), Optional.empty())),
                new Services.Features(
                    Optional.empty(),
                    Optional.empty(),
                    new Skills(sessions, Path.of("/none"), memory),
                    new Patches(sessions),
                    Ports.of(sessions))),
            memory);
    server.start();
  }

  /** The socket for logins, of a gateway with this runtime directory. */
  static Path socket(Path directory) {
    return RuntimeFile.MCP_SOCKET.in(directory);
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /** The home of the one account that has been opened. */
  Path home() {
    return homes.values().iterator().next();
  }

  @Override
  public void close() {
    server.close();
    executions.close();
    logins.close();
  }

  /** An account exists as soon as it is asked for, and its home is an empty folder. */
  private final class HomeMaker implements Provisioner {

    @Override
    public void provision(Account account, AccountKeyPair key, Role role) {
      try {
        Files.createDirectories(account.home());
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      homes.put(account.name().value(), account.home());
    }

    @Override
    public void restore(List<Account> accounts) {}

    @Override
    public void disable(Account account) {}

    @Override
    public void enable(Account account) {}

    @Override
    public void apply(Account account) {}

    @Override
    public void prepareToEnd() {}

    @Override
    public void end(Account account) {}

    @Override
    public boolean endIfLeft(Account account) {
      return true;
    }
  }

  /** Real files, and commands of the test. */
  private record Logins(InProcessLogins real, Function<CommandLine, Command> commands)
      implements Sessions {

    @Override
    public Session of(Account account) {
      Session session = real.of(real.sshd().accountAtHome());
      return new Session() {
        @Override
        public Command exec(CommandLine commandLine) {
          return commands.apply(commandLine);
        }

        @Override
        public Shell shell(String directory, WindowSize size) {
          return session.shell(directory, size);
        }

        @Override
        public void requireDirectory(String directory) {}

        @Override
        public Pipe pipe(String text, Duration limit) {
          return session.pipe(text, limit);
        }

        @Override
        public Conversation converse(String text) {
          return session.converse(text);
        }

        @Override
        public Optional<Pipe> pipeIfLoggedIn(String text, Duration limit) {
          return session.pipeIfLoggedIn(text, limit);
        }

        @Override
        public Optional<Tunnel> connect(String host, int port, Duration limit, Tunnel.Use use) {
          return session.connect(host, port, limit, use);
        }

        @Override
        public void endProcesses() {}

        @Override
        public RemoteFiles files() {
          return session.files();
        }
      };
    }

    @Override
    public void close() {}
  }
}
