package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.ExitStatus;
import java.time.Duration;

/**
 * Remembers for a while that an account's start files do not end, so that further commands need not
 * wait for them.
 */
final class StartFiles {

  /**
   * How long the start files are skipped: long enough for a model's next few commands, and short
   * for a person who has mended the file.
   */
  private static final Duration SKIPPED = Duration.ofMinutes(1);

  private static final String HOW_TO_MEND =
      "Move the lines that only an interactive shell needs below a line `[[ $- == *i* ]] ||"
          + " return`.";

  /** The notice for start files that took longer than {@code START_LIMIT}. */
  static final String DO_NOT_END =
      "Your ~/.bashrc, or a file that it reads, did not end within "
          + StartFileFallback.START_LIMIT.toSeconds()
          + " seconds: it waits, or it started another program such as zsh. This command ran"
          + " without it, and so will all commands of the next minute. "
          + HOW_TO_MEND;

  private volatile long skippedUntil = System.nanoTime();

  /** The notice for start files that ended the shell. */
  static String ended(ExitStatus status) {
    return "Your ~/.bashrc, or a file that it reads, ended the shell (exit status "
        + status.code()
        + ") or changed it so that no command can begin. This command ran without it. "
        + HOW_TO_MEND;
  }

  boolean areSkipped() {
    return skippedUntil - System.nanoTime() > 0;
  }

  void doNotEnd() {
    skippedUntil = System.nanoTime() + SKIPPED.toNanos();
  }
}
