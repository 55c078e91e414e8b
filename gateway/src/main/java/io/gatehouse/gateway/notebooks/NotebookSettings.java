package io.gatehouse.gateway.notebooks;

import java.time.Duration;

/**
 * How long cells and kernels may take.
 *
 * @param enabled whether there are notebooks at all
 * @param cellLimit how long a cell may run before it is interrupted
 * @param idleEnd how long a kernel is kept after its last cell
 */
public record NotebookSettings(boolean enabled, Duration cellLimit, Duration idleEnd) {

  /** As in Open Terminal. */
  public static final Duration DEFAULT_CELL_LIMIT = Duration.ofMinutes(2);

  /** Open WebUI gives up after 300 seconds, and an interrupted cell takes a few more to end. */
  public static final Duration LONGEST_CELL_LIMIT = Duration.ofSeconds(280);

  /** As in Open Terminal. */
  public static final Duration DEFAULT_IDLE_END = Duration.ofMinutes(30);

  public static final Duration LONGEST_IDLE_END = Duration.ofDays(1);

  /**
   * The most kernels of one user. A kernel with pandas takes 150 MB. Open WebUI opens one for each
   * notebook that is shown, and leaves it behind when the browser's tab is closed.
   */
  static final int MOST_OF_USER = 4;

  /** The most kernels of all users. */
  static final int MOST = 128;
}
