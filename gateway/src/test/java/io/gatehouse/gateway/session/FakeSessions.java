package io.gatehouse.gateway.session;

import io.gatehouse.gateway.account.Account;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Logins in which commands do what a test says. */
public final class FakeSessions implements Sessions {

  private final Function<CommandLine, Command> commands;
  private final Supplier<Shell> shells;

  private FakeSessions(Function<CommandLine, Command> commands, Supplier<Shell> shells) {
    this.commands = commands;
    this.shells = shells;
  }

  /**
   * @param commands what each command line becomes; it may throw
   */
  public FakeSessions(Function<CommandLine, Command> commands) {
    this(
        commands,
        () -> {
          throw new UnsupportedOperationException("no terminals in this fake login");
        });
  }

  /**
   * Logins that can only start shells.
   *
   * @param shells makes each shell; it may throw
   */
  public static FakeSessions ofShells(Supplier<Shell> shells) {
    return new FakeSessions(
        commandLine -> {
          throw new UnsupportedOperationException("no commands in this fake login");
        },
        shells);
  }

  @Override
  public Session of(Account account) {
    return new Session() {
      @Override
      public Command exec(CommandLine commandLine) {
        return commands.apply(commandLine);
      }

      @Override
      public Shell shell(String directory, WindowSize size) {
        return shells.get();
      }

      @Override
      public void requireDirectory(String directory) {}

      @Override
      public Optional<Tunnel> connect(String host, int port, Duration limit) {
        return Optional.empty();
      }

      @Override
      public Optional<Pipe> pipeIfLoggedIn(String text, Duration limit) {
        return Optional.empty();
      }

      @Override
      public Pipe pipe(String text, Duration limit) {
        throw new UnsupportedOperationException("no programs in a fake login");
      }

      @Override
      public Conversation converse(String text) {
        throw new UnsupportedOperationException("no programs in a fake login");
      }

      @Override
      public void endProcesses() {}

      @Override
      public RemoteFiles files() {
        throw new FileException(
            FileException.Reason.NOT_FOUND, "File not found: /home/fake/secret-name");
      }
    };
  }

  @Override
  public void close() {}
}
