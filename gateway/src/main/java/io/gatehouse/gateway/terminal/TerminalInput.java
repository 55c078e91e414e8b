package io.gatehouse.gateway.terminal;

import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Shell;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Types into the shell of a terminal, for one client at a time. */
final class TerminalInput {

  private static final Logger LOG = LoggerFactory.getLogger(TerminalInput.class);

  /** How long typing waits before it checks whether its viewer is still there. */
  private static final Duration TYPING_STEP = Duration.ofSeconds(5);

  /**
   * How long a client that types by the API waits for the program, and for other clients that type.
   */
  private static final Duration TYPING_LIMIT = Duration.ofSeconds(10);

  private final Optional<Shell> shell;
  private final ReentrantLock typing = new ReentrantLock();
  private volatile boolean typed;

  TerminalInput(Optional<Shell> shell) {
    this.shell = shell;
  }

  /** Whether anybody has typed something. */
  boolean isUsed() {
    return typed;
  }

  /**
   * Types for a viewer, whole and in order, for as long as it takes.
   *
   * @param isThere tells whether the viewer is still there
   */
  void type(ByteBuffer input, BooleanSupplier isThere) {
    typing.lock();
    try {
      while (input.hasRemaining() && isThere.getAsBoolean()) {
        typed = true;
        requireShell().type(input, TYPING_STEP);
      }
    } catch (SessionException failure) {
      LOG.debug("typed into a terminal that has ended: {}", failure.getMessage());
    } finally {
      typing.unlock();
    }
  }

  /**
   * Types a text.
   *
   * @throws SessionException ENDED if the shell has ended, TIMED_OUT if the program takes no input
   */
  void type(String text) {
    ByteBuffer input = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    boolean locked = false;
    try {
      locked = typing.tryLock(TYPING_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (locked) {
        typed = true;
        requireShell().type(input, TYPING_LIMIT);
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    } finally {
      if (locked) {
        typing.unlock();
      }
    }
    if (input.hasRemaining()) {
      throw new SessionException(
          Reason.TIMED_OUT, "the program in the terminal reads no input; wait, or end it");
    }
  }

  private Shell requireShell() {
    return shell.orElseThrow(
        () -> new SessionException(Reason.ENDED, "the shell has ended; open a new terminal"));
  }
}
