package io.gatehouse.gateway.exec;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of commands and their logs.
 *
 * @param logDirectory the directory of the logs of executions
 * @param logLimits how large the logs may become, and how long they stay
 * @param defaultWait how long a request without {@code wait} waits; empty if it does not wait
 * @param plainOutput whether output is sent as plain text if the request does not say which form it
 *     wants
 */
public record ExecutionSettings(
    Path logDirectory,
    ExecutionLogs.Limits logLimits,
    Optional<Duration> defaultWait,
    boolean plainOutput) {

  public static final long DEFAULT_LARGEST_LOG = 50_000_000;

  /** The most bytes of one account's logs: five logs of the largest size. */
  public static final long DEFAULT_LARGEST_OF_ACCOUNT = 250_000_000;

  public static final long DEFAULT_LARGEST_OF_ALL = 2_000_000_000;

  /**
   * The most files of one account's logs: one for each command that can still be read ({@link
   * #MOST_ENDED_OF_USER}), and as many again for commands with several files.
   */
  public static final long DEFAULT_MOST_FILES_OF_ACCOUNT = 2000;

  public static final long DEFAULT_MOST_FILES = 20_000;

  /** The longest time that a request may wait, as in Open Terminal. */
  public static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** How long an ended execution can be read, as in Open Terminal. */
  static final Duration READABLE = Duration.ofMinutes(5);

  /**
   * How long a log stays after its end, unless an admin sets another time. It is as long as clients
   * can read the log, which is of no use to them afterwards.
   */
  public static final Duration DEFAULT_LOG_RETENTION = READABLE;

  static final int MOST_RUNNING_OF_USER = 64;
  static final int MOST_RUNNING = 1024;

  /**
   * The most ended executions that are kept for one user; the oldest are forgotten first. Each
   * execution costs about a kilobyte.
   */
  static final int MOST_ENDED_OF_USER = 1000;

  /**
   * The most characters of the command texts of one user's executions together. One command text
   * has up to 120,000 characters.
   */
  static final int MOST_CHARACTERS_OF_USER = 1024 * 1024;

  /**
   * Bytes of memory for a running command: the buffer for reading, the output of its start files,
   * and the buffers of its channel. The text of the command is counted in addition.
   */
  static final long WEIGHT_OF_RUNNING = 192 * 1024;
}
