package io.gatehouse.gateway.exec;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How many commands may run and how long their output is kept.
 *
 * @param logDirectory the directory of the logs of executions
 * @param logLimits how large the logs may become, and how long they stay
 * @param defaultWait how long a request without {@code wait} waits; empty if it does not wait
 * @param plainOutput whether output is plain in the answer to a request that does not say it
 */
public record ExecutionSettings(
    Path logDirectory,
    ExecutionLogs.Limits logLimits,
    Optional<Duration> defaultWait,
    boolean plainOutput) {

  public static final long DEFAULT_LARGEST_LOG = 50_000_000;

  /** Five logs of the largest size. */
  public static final long DEFAULT_LARGEST_OF_ACCOUNT = 250_000_000;

  public static final long DEFAULT_LARGEST_OF_ALL = 2_000_000_000;

  /**
   * One file for each command that can still be read, and as many again for commands with several
   * files.
   */
  public static final long DEFAULT_MOST_FILES_OF_ACCOUNT = 2000;

  public static final long DEFAULT_MOST_FILES = 20_000;

  /** The longest time that a request may wait, as in Open Terminal. */
  public static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** How long an ended execution can be read, as in Open Terminal. */
  static final Duration READABLE = Duration.ofMinutes(5);

  /**
   * A log is of no use when no client can read it any more, so this is as long unless an admin sets
   * another time.
   */
  public static final Duration DEFAULT_LOG_RETENTION = READABLE;

  static final int MOST_RUNNING_OF_USER = 64;
  static final int MOST_RUNNING = 1024;

  /**
   * The most ended executions that are kept for one user; the oldest are forgotten first. Each
   * costs about a kilobyte.
   */
  static final int MOST_ENDED_OF_USER = 1000;

  /** The most characters of the texts of one user's executions. Each text has up to 120,000. */
  static final int MOST_CHARACTERS_OF_USER = 1024 * 1024;

  /**
   * Bytes of memory for a running command: the buffer for reading, the output of its start files,
   * and the buffers of its channel. The text of the command is counted in addition.
   */
  static final long WEIGHT_OF_RUNNING = 192 * 1024;
}
