package io.gatehouse.gateway.exec;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How many commands there may be and how long their output is kept.
 *
 * @param logDirectory where the output of executions lies
 * @param logLimits how much of it lies there, and for how long
 * @param defaultWait how long a request waits that does not say; empty: not at all
 * @param plainOutput whether output is plain in answers to requests that do not say
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

  /** One for each command that can still be read, and as many for those with more than one. */
  public static final long DEFAULT_MOST_FILES_OF_ACCOUNT = 2000;

  public static final long DEFAULT_MOST_FILES = 20_000;

  /** The longest a request may wait, as in Open Terminal. */
  public static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** How long an ended execution can be read, as in Open Terminal. */
  static final Duration READABLE = Duration.ofMinutes(5);

  /** Nobody needs what no client can read any more, unless an admin says so. */
  public static final Duration DEFAULT_LOG_RETENTION = READABLE;

  static final int MOST_RUNNING_OF_USER = 64;
  static final int MOST_RUNNING = 1024;

  /** Ended executions of one user; the oldest go first. Each costs about a kilobyte. */
  static final int MOST_ENDED_OF_USER = 1000;

  /** Characters of the texts of one user's executions, of which each has up to 120,000. */
  static final int MOST_CHARACTERS_OF_USER = 1024 * 1024;

  /**
   * Bytes of memory for a running command: what is read at a time, what its start files print, and
   * the buffers of its channel. Its text comes to that.
   */
  static final long WEIGHT_OF_RUNNING = 192 * 1024;
}
