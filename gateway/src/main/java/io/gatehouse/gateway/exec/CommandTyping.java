package io.gatehouse.gateway.exec;

import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.SessionException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Types into a command for one client at a time, so that the text of each client arrives in one
 * piece.
 */
final class CommandTyping {

  /** How long one client waits for another that is typing into the same command. */
  private static final Duration WAIT = Duration.ofSeconds(10);

  private final ReentrantLock lock = new ReentrantLock();

  /**
   * Types a text; escapes such as {@code \\x03} are typed as the characters they stand for.
   *
   * @param watch told that something was typed
   */
  void type(Command command, String text, InputWatch watch) {
    takeTurn();
    try {
      watch.activity();
      command.type(InputEscapes.unescape(text).getBytes(StandardCharsets.UTF_8));
    } catch (SessionException failure) {
      throw failure.reason() == SessionException.Reason.ENDED
          ? ended("Process stdin is closed")
          : failure;
    } finally {
      lock.unlock();
    }
  }

  private void takeTurn() {
    try {
      if (lock.tryLock(WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
    throw new SessionException(
        SessionException.Reason.TIMED_OUT,
        "another client is typing into this command; send the input again when it has ended");
  }

  static ExecutionRefusedException ended(String message) {
    return new ExecutionRefusedException(ExecutionRefusedException.Reason.ENDED, message);
  }
}
