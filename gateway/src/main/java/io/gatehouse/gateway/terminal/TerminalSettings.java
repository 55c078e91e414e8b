package io.gatehouse.gateway.terminal;

import java.time.Duration;

/**
 * The number of terminals that there may be, and the time that a terminal lives without a viewer.
 *
 * @param enabled whether there are terminals at all
 * @param mostOfUser the most terminals of one user
 * @param most the most terminals of all users
 * @param detachTimeToLive how long a terminal lives on after its socket dropped
 * @param recheck how often the token that opened a terminal is checked again
 */
public record TerminalSettings(
    boolean enabled, int mostOfUser, int most, Duration detachTimeToLive, Duration recheck) {

  /** The same number as in Open Terminal, where it is the limit for all users together. */
  public static final int DEFAULT_MOST_OF_USER = 16;

  /** Each terminal takes about 4 MB: a shell, and up to 1 MB of the gateway. */
  public static final int DEFAULT_MOST = 512;

  /**
   * Bytes of the gateway's memory for one terminal: 256 KiB for the replay, an SSH window of 512
   * KiB while nobody takes its output, and a frame.
   */
  static final long WEIGHT = 896 * 1024;

  public static final Duration DEFAULT_DETACH_TIME_TO_LIVE = Duration.ofMinutes(15);

  public static final Duration DEFAULT_RECHECK = Duration.ofMinutes(5);

  /** How long an offered id is good for an attachment. Open WebUI attaches at once. */
  static final Duration OFFER = Duration.ofSeconds(60);
}
