package io.gatehouse.gateway.session;

import io.gatehouse.gateway.account.Account;
import java.time.Duration;
import java.util.function.Function;

/** Logins in which commands do what a test says. */
public final class FakeSessions implements Sessions {

  private final Function<CommandLine, Command> shell;

  /**
   * @param shell what each command line becomes; it may throw
   */
  public FakeSessions(Function<CommandLine, Command> shell) {
    this.shell = shell;
  }

  @Override
  public Session of(Account account) {
    return new Session() {
      @Override
      public Command exec(CommandLine commandLine) {
        return shell.apply(commandLine);
      }

      @Override
      public void requireDirectory(String directory) {}

      @Override
      public Pipe pipe(String text, Duration limit) {
        throw new UnsupportedOperationException("no programs in a fake login");
      }

      @Override
      public RemoteFiles files() {
        throw new UnsupportedOperationException("no files in a fake login");
      }
    };
  }

  @Override
  public void close() {}
}
