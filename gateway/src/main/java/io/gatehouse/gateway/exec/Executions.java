package io.gatehouse.gateway.exec;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.chat.ChatScope;
import io.gatehouse.gateway.schedule.RepeatedTask;
import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.CommandLine;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Sessions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts commands and finds them again, each only for the user who started it. */
public final class Executions implements AutoCloseable {

  private static final Duration SWEEP = Duration.ofSeconds(30);

  /** How long a command may take to end when its directory cannot be entered. */
  private static final Duration END_WAIT = Duration.ofSeconds(10);

  /** How long commands have between TERM and KILL when the gateway stops. */
  private static final Duration STOP_WAIT = Duration.ofSeconds(2);

  private static final DateTimeFormatter ID_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private static final int ID_RANDOM_BYTES = 8;

  private final Sessions sessions;
  private final ExecutionLogs logs;
  private final MemoryBudget memory;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final ConcurrentMap<String, UserExecutions> users = new ConcurrentHashMap<>();
  private final Quota running =
      new Quota(ExecutionSettings.MOST_RUNNING_OF_USER, ExecutionSettings.MOST_RUNNING);
  private final PlainPages plainPages = new PlainPages();

  /**
   * How many looks whether a command waits for input may run at a time: for one user, because a
   * look may hang, and for all users.
   */
  private final Quota looks = new Quota(2, 8);

  private final RepeatedTask sweeper = new RepeatedTask("execution-sweeper");

  public Executions(Sessions sessions, ExecutionLogs logs, MemoryBudget memory, Clock clock) {
    this.sessions = sessions;
    this.logs = logs;
    this.memory = memory;
    this.clock = clock;
    sweeper.begin(Duration.ZERO, SWEEP, this::sweep);
  }

  /**
   * Starts a command and does not wait for its end.
   *
   * @param startWait how long to wait at most for the answer whether the directory can be entered;
   *     an answer that comes later is found by {@link #requireDirectory} and in the output
   * @throws ExecutionRefusedException if too many commands run
   * @throws SessionException if the login fails, or the directory cannot be entered
   */
  public Execution start(
      ChatScope scope, Account account, CommandLine commandLine, Duration startWait) {
    UserExecutions mine = users.computeIfAbsent(scope.userId(), id -> new UserExecutions());
    reserve(scope.userId());
    Lease held = memory.lease(scope.userId());
    Execution execution = null;
    try {
      held.take(ExecutionSettings.WEIGHT_OF_RUNNING + 2L * commandLine.text().length());
      Command command = sessions.of(account).exec(commandLine);
      String id = newId();
      ExecutionLog log = logs.open(id, commandLine.text(), account.name().value());
      Execution started = new Execution(id, scope, commandLine, command, log, clock, looks);
      execution = started;
      // The place is given back before the end is told, so that a client that waited for the end
      // can start its next command at once.
      Thread.ofVirtual()
          .name("execution " + id)
          .start(() -> started.pump(() -> giveBack(scope.userId(), held)));
      if (startWait.isPositive()) {
        requireStarted(command, started, startWait);
      }
      mine.add(execution);
      return execution;
    } finally {
      if (execution == null) {
        giveBack(scope.userId(), held);
      }
    }
  }

  private void giveBack(String userId, Lease held) {
    held.close();
    running.giveBack(userId);
  }

  private void reserve(String userId) {
    running
        .take(userId, "running commands")
        .ifPresent(
            limit -> {
              throw new ExecutionRefusedException(
                  ExecutionRefusedException.Reason.TOO_MANY,
                  limit + ", the most there may be; wait for one to end or kill one");
            });
  }

  private static void requireStarted(Command command, Execution execution, Duration startWait) {
    try {
      command.started().get(startWait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      // The command ends at once. When the caller gets the exception, the command no longer counts
      // as running.
      execution.awaitEnd(END_WAIT);
      if (execution.hasNoDirectory()) {
        throw noDirectory(execution);
      }
    } catch (TimeoutException slow) {
      // Nothing to do here: the user's own start files may take longer.
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Forgets a command if it has ended because its directory cannot be entered.
   *
   * @throws SessionException NO_DIRECTORY if the command was forgotten
   */
  public void requireDirectory(Execution execution) {
    if (execution.hasNoDirectory()) {
      UserExecutions mine = users.get(execution.scope().userId());
      if (mine != null) {
        mine.remove(execution);
      }
      throw noDirectory(execution);
    }
  }

  /**
   * The output of an execution as a person would have seen it: overwritten lines once, without
   * colours and the like.
   *
   * @param offset the number of the first entry, as in {@link Execution#output}
   * @param tail if given, only so many of the last entries are wanted
   */
  public PlainPage plainOutput(Execution execution, long offset, OptionalInt tail) {
    return execution.plainOutput(offset, tail, plainPages);
  }

  private static SessionException noDirectory(Execution execution) {
    return new SessionException(
        SessionException.Reason.NO_DIRECTORY,
        "The working directory does not exist or cannot be entered: "
            + execution.directory()
            + ". Create it, or name another one in cwd.");
  }

  private String newId() {
    byte[] bytes = new byte[ID_RANDOM_BYTES];
    random.nextBytes(bytes);
    return ID_TIME.format(clock.instant()) + "-" + HexFormat.of().formatHex(bytes);
  }

  /** The executions of exactly this user and chat, or of the user without a chat, oldest first. */
  public List<Execution> list(ChatScope scope) {
    UserExecutions mine = users.get(scope.userId());
    return mine == null
        ? List.of()
        : mine.all(expiry()).stream().filter(each -> scope.equals(each.scope())).toList();
  }

  /** The execution with this id, if it exists and the caller {@link ChatScope#mayFind} it. */
  public Optional<Execution> find(ChatScope scope, String id) {
    UserExecutions mine = users.get(scope.userId());
    return mine == null
        ? Optional.empty()
        : mine.find(id, expiry()).filter(found -> scope.mayFind(found.scope()));
  }

  /**
   * Whether another user has an execution with this id. Ids cannot be guessed, so a user who asks
   * for it has got it from somewhere.
   */
  public boolean isOfAnotherUser(ChatScope scope, String id) {
    return users.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(scope.userId()))
        .anyMatch(entry -> entry.getValue().find(id, expiry()).isPresent());
  }

  private Instant expiry() {
    return clock.instant().minus(ExecutionSettings.READABLE);
  }

  private void sweep() {
    users.values().forEach(mine -> mine.expire(expiry()));
    logs.sweep();
  }

  /** Ends every running command. */
  @Override
  public void close() {
    sweeper.close();
    List<Execution> left =
        users.values().stream()
            .flatMap(mine -> mine.all(expiry()).stream())
            .filter(each -> each.status() == Execution.Status.RUNNING)
            .toList();
    left.forEach(each -> each.signalStop(false));
    long deadline = System.nanoTime() + STOP_WAIT.toNanos();
    left.forEach(each -> each.awaitEnd(Duration.ofNanos(deadline - System.nanoTime())));
    left.forEach(each -> each.signalStop(true));
  }
}
