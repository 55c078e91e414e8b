package io.gatehouse.gateway.terminal;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.chat.ChatScope;
import io.gatehouse.gateway.session.BudgetException;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.Shell;
import io.gatehouse.gateway.session.WindowSize;
import io.gatehouse.gateway.terminal.TerminalRefusedException.Reason;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts terminals within the limits of each user and of all users, and runs each terminal until
 * its shell has ended.
 */
final class TerminalStarter {

  private static final Logger LOG = LoggerFactory.getLogger(TerminalStarter.class);

  /** How long opening a terminal waits for the shell's process id. */
  private static final Duration START_WAIT = Duration.ofSeconds(10);

  private final Sessions sessions;
  private final Quota quota;
  private final MemoryBudget memory;
  private final Clock clock;
  private final Floods floods = new Floods();
  private final Consumer<Terminal> whenOffered;
  private final Consumer<Terminal> whenEnded;

  /**
   * @param whenOffered gets each new terminal before its shell runs
   * @param whenEnded gets each terminal after its shell and all its processes have ended
   */
  TerminalStarter(
      TerminalSettings settings,
      Sessions sessions,
      MemoryBudget memory,
      Clock clock,
      Consumer<Terminal> whenOffered,
      Consumer<Terminal> whenEnded) {
    this.sessions = sessions;
    this.quota = new Quota(settings.mostOfUser(), settings.most());
    this.memory = memory;
    this.clock = clock;
    this.whenOffered = whenOffered;
    this.whenEnded = whenEnded;
  }

  /**
   * Starts a terminal, and waits until its shell has reported its process id.
   *
   * @throws TerminalRefusedException TOO_MANY
   */
  Terminal start(String id, Caller caller, ChatScope owner, Account account, String directory) {
    quota
        .take(owner.userId(), "terminals")
        .ifPresent(
            limit -> {
              throw new TerminalRefusedException(
                  Reason.TOO_MANY, limit + ", the most there may be; close a terminal first");
            });
    Lease held = memory.lease(owner.userId());
    Terminal started = null;
    try {
      take(held);
      started = started(id, caller, owner, account, directory, held);
      return started;
    } finally {
      if (started == null) {
        giveBack(owner, held);
      }
    }
  }

  private static void take(Lease held) {
    try {
      held.take(TerminalSettings.WEIGHT);
    } catch (BudgetException full) {
      // Clients know refusals in this form from Open Terminal.
      throw new TerminalRefusedException(Reason.TOO_MANY, String.valueOf(full.getMessage()));
    }
  }

  private void giveBack(ChatScope owner, Lease held) {
    held.close();
    quota.giveBack(owner.userId());
  }

  private Terminal started(
      String id, Caller caller, ChatScope owner, Account account, String directory, Lease held) {
    Optional<Shell> shell = Optional.empty();
    Optional<String> problem = Optional.empty();
    try {
      shell = Optional.of(sessions.of(account).shell(directory, WindowSize.DEFAULT));
    } catch (SessionException failure) {
      LOG.warn(
          "no shell could be started for a terminal: {}", failure.forLog(), failure.getCause());
      problem = Optional.of("No shell could be started: " + failure.getMessage());
    }
    Terminal terminal = new Terminal(id, owner, caller, clock.instant(), shell, floods);
    problem.ifPresent(terminal::say);
    terminal.offer(id, caller, clock.instant());
    whenOffered.accept(terminal);
    Thread.ofVirtual()
        .name("terminal of " + account.name().value())
        .start(() -> run(terminal, held));
    shell.ifPresent(TerminalStarter::awaitStart);
    return terminal;
  }

  private static void awaitStart(Shell shell) {
    try {
      shell.processId().get(START_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      String reason =
          failure.getCause() instanceof SessionException known
              ? known.forLog()
              : String.valueOf(failure.getCause());
      LOG.warn("a shell did not report its process id: {}", reason);
    } catch (TimeoutException slow) {
      LOG.warn("a shell did not report its process id within {}", START_WAIT);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Terminal terminal, Lease held) {
    try {
      terminal.pump();
    } catch (RuntimeException failure) {
      LOG.error("a terminal was ended by an error in the gateway", failure);
    } finally {
      // The place is given back before the client can learn that the terminal has ended, and open
      // the next one.
      giveBack(terminal.owner(), held);
      terminal.finish();
    }
    // The shell has ended. This also ends the processes that it left in the background.
    terminal.end();
    whenEnded.accept(terminal);
  }
}
