package io.gatehouse.gateway.terminal;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.auth.AuthException;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.chat.ChatScope;
import io.gatehouse.gateway.schedule.RepeatedTask;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.terminal.TerminalRefusedException.Reason;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens terminals and finds them again, each only for the user who opened it. */
public final class Terminals implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Terminals.class);

  private static final Duration SWEEP = Duration.ofSeconds(1);

  /** How long ending one terminal may take: the limit for ending a shell, and a little more. */
  private static final Duration END_WAIT = Duration.ofSeconds(6);

  /** How long the gateway waits for all terminals to end when it stops. */
  private static final Duration STOP_WAIT = Duration.ofSeconds(4);

  /** 192 bits: nobody guesses an id. */
  private static final int ID_BYTES = 24;

  private final TerminalSettings settings;
  private final Authenticator authenticator;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final TerminalStarter starter;
  private final ConcurrentMap<String, Terminal> terminals = new ConcurrentHashMap<>();
  private final RepeatedTask sweeper = new RepeatedTask("terminal-sweeper");

  public Terminals(
      TerminalSettings settings,
      Sessions sessions,
      Authenticator authenticator,
      MemoryBudget memory,
      Clock clock) {
    this.settings = settings;
    this.authenticator = authenticator;
    this.clock = clock;
    this.starter =
        new TerminalStarter(settings, sessions, memory, clock, this::remember, this::forgetIfSeen);
    sweeper.begin(SWEEP, SWEEP, this::sweep);
  }

  /**
   * Opens a terminal and offers it to its owner. If sshd refuses the shell, the terminal shows a
   * line that says so, because Open WebUI shows people no other errors.
   *
   * @param directory the directory in which its shell begins
   * @throws TerminalRefusedException TOO_MANY
   */
  public Terminal open(Caller caller, ChatScope owner, Account account, String directory) {
    return starter.start(newId(), caller, owner, account, directory);
  }

  private void remember(Terminal terminal) {
    terminals.put(terminal.id(), terminal);
  }

  /**
   * Forgets a terminal that has ended. One that ended before it had a viewer stays as long as its
   * offer is good, so that its last lines can be seen.
   */
  private void forgetIfSeen(Terminal terminal) {
    if (terminal.isForsaken(clock.instant(), Duration.ZERO)) {
      terminals.remove(terminal.id(), terminal);
    }
  }

  private String newId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Offers the caller the terminal of this chat whose socket dropped last, if there is one. */
  public synchronized Optional<Terminal> reopen(Caller caller, ChatScope owner) {
    Instant now = clock.instant();
    Optional<Terminal> found =
        terminals.values().stream()
            .filter(each -> each.owner().equals(owner) && each.isDetached(now))
            .max(Comparator.comparing(each -> each.detachedAt().orElse(Instant.MIN)));
    found.ifPresent(terminal -> offerAgain(terminal, caller, now));
    return found;
  }

  /**
   * Offers the caller the terminal with this id again.
   *
   * @throws TerminalRefusedException as {@link #require}, or ATTACHED if somebody looks at it
   */
  public synchronized Terminal reopen(Caller caller, ChatScope scope, String id) {
    Terminal terminal = require(scope, id);
    Instant now = clock.instant();
    if (!terminal.isDetached(now)) {
      throw new TerminalRefusedException(
          Reason.ATTACHED, "this terminal is in use; close its other window first");
    }
    offerAgain(terminal, caller, now);
    return terminal;
  }

  /** Offers a terminal under a new id, because the old one has been used and stands in logs. */
  private void offerAgain(Terminal terminal, Caller caller, Instant now) {
    terminals.remove(terminal.id(), terminal);
    terminal.offer(newId(), caller, now);
    remember(terminal);
  }

  /** The terminals of exactly this user and chat, or of the user without a chat, oldest first. */
  public List<Terminal> list(ChatScope scope) {
    return terminals.values().stream()
        .filter(each -> scope.equals(each.owner()) && !each.ended().isDone())
        .sorted(Comparator.comparing(Terminal::createdAt))
        .toList();
  }

  /**
   * The terminal with this id.
   *
   * @throws TerminalRefusedException NOT_FOUND if there is none, OF_ANOTHER_USER in the same words
   *     if it is not the user's
   */
  public Terminal require(ChatScope scope, String id) {
    Optional<Terminal> named =
        Optional.ofNullable(terminals.get(id)).filter(found -> !found.ended().isDone());
    return named
        .filter(found -> scope.mayFind(found.owner()))
        .orElseThrow(
            () ->
                new TerminalRefusedException(
                    named.filter(found -> !isOfSameUser(scope, found)).isPresent()
                        ? Reason.OF_ANOTHER_USER
                        : Reason.NOT_FOUND,
                    "Session not found"));
  }

  private static boolean isOfSameUser(ChatScope scope, Terminal terminal) {
    return scope.userId().equals(terminal.owner().userId());
  }

  /** The youngest terminal of this user and chat that has a viewer. */
  public Optional<Terminal> inUse(ChatScope scope) {
    return list(scope).reversed().stream().filter(Terminal::isAttached).findFirst();
  }

  /**
   * The terminal with this id. The caller of this method must still check that the client may have
   * it.
   */
  public Optional<Terminal> find(String id) {
    return Optional.ofNullable(terminals.get(id));
  }

  /** Attaches a viewer to the terminal; false if the id is no longer good for that. */
  public boolean attach(Terminal terminal, String id, Viewer viewer) {
    boolean attached = terminal.attach(id, viewer, clock.instant());
    if (attached && terminal.ended().isDone()) {
      terminals.remove(id, terminal);
    }
    return attached;
  }

  /** Detaches a viewer that has gone. */
  public void detach(Terminal terminal, Viewer viewer) {
    terminal.detach(viewer, clock.instant());
    if (terminal.ended().isDone()) {
      terminals.remove(terminal.id(), terminal);
    }
  }

  /**
   * Ends a terminal with all that runs in it, and returns when it is gone.
   *
   * @throws TerminalRefusedException as {@link #require}
   */
  public void end(ChatScope scope, String id) {
    Terminal terminal = require(scope, id);
    end(terminal, "This terminal was closed.");
    terminals.remove(id, terminal);
  }

  private static void end(Terminal terminal, String why) {
    terminal.end(why);
    if (!await(terminal.ended(), END_WAIT)) {
      terminal.dropViewer();
    }
  }

  private static boolean await(CompletableFuture<?> end, Duration limit) {
    try {
      end.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException failure) {
      LOG.debug("terminals do not end: {}", failure.toString());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /**
   * Ends terminals that have been without a viewer for too long, and checks the tokens of the
   * others again when they are due.
   */
  void sweep() {
    Instant now = clock.instant();
    for (Terminal terminal : terminals.values()) {
      if (terminal.isForsaken(now, settings.detachTimeToLive())) {
        terminals.remove(terminal.id(), terminal);
        inBackground(
            "end of a terminal", () -> end(terminal, "Nobody came back to this terminal."));
      } else {
        terminal
            .dueForCheck(now, settings.recheck())
            .ifPresent(caller -> inBackground("token recheck", () -> recheck(terminal, caller)));
      }
    }
  }

  private static Thread inBackground(String name, Runnable task) {
    return Thread.ofVirtual().name(name).start(task);
  }

  private void recheck(Terminal terminal, Caller caller) {
    try {
      authenticator.recheck(caller);
    } catch (AuthException refusal) {
      if (refusal.reason() == AuthException.Reason.UNAVAILABLE) {
        LOG.warn("a terminal stays open unchecked: {}", refusal.getMessage());
        return;
      }
      LOG.info("a terminal ends: {}", refusal.getMessage());
      end(terminal, "This terminal ends: " + refusal.getMessage());
    }
  }

  /** Ends every terminal. */
  @Override
  public void close() {
    sweeper.close();
    CompletableFuture<?>[] ends =
        terminals.values().stream()
            .map(
                terminal -> {
                  CompletableFuture<Void> end = new CompletableFuture<>();
                  inBackground(
                      "end of a terminal",
                      () -> {
                        end(terminal, "Gatehouse stops.");
                        end.complete(null);
                      });
                  return end;
                })
            .toArray(CompletableFuture<?>[]::new);
    if (!await(CompletableFuture.allOf(ends), STOP_WAIT)) {
      LOG.warn("some terminals did not end in time");
    }
  }
}
