package io.gatehouse.bench.isolation;

import io.gatehouse.bench.isolation.ControlGroup.Use;
import java.time.Duration;

/**
 * An action of a user that may slow down others. It ends by itself after some 15 seconds, or 30,
 * even if the benchmark has ended.
 */
enum NeighbourAttack {
  /** Every process forks again and again, even when it has reached its limit. */
  FORK_BOMB(
      "a fork bomb",
      "perl -e '$end = time + 15; while (time < $end) { fork }'",
      Sign.PROCESSES,
      150),

  /** The usual fork bomb of the shell, most of whose processes wait. */
  SHELL_BOMB(
      "a fork bomb of the shell",
      "bomb() { bomb & bomb & sleep 15; }; bomb 2>/dev/null",
      Sign.PROCESSES,
      150),

  /** Eight processes that take 300 MB each, and are started again when they are killed. */
  MEMORY(
      "eats memory",
      """
      eat() {
        while ((SECONDS < 15)); do
          timeout -s KILL 15 python3 -c 'import time; eaten = bytearray(b"x") * 300_000_000; time.sleep(15)'
        done
      }
      for i in {1..8}; do eat & done 2>/dev/null; wait
      """,
      Sign.MEMORY,
      400_000_000),

  SPINNERS(
      "spins 8 processes",
      "for i in {1..8}; do timeout -s KILL 15 sh -c 'while :; do :; done' & done; wait",
      Sign.PROCESSES,
      16),

  /** Writes one gigabyte to ten files, removes them and writes them again. */
  FILES(
      "fills /tmp",
      """
      fill() {
        while ((SECONDS < 15)); do
          for i in {1..5}; do head -c 100M /dev/zero >"$1/gatehouse-fill-$i"; done
          rm -f "$1"/gatehouse-fill-*
        done
      }
      fill "$TMPDIR" & fill /tmp & wait
      """,
      Sign.CACHE,
      200_000_000),

  /**
   * Prints without end to a terminal whose socket this program reads as fast as it can. There are
   * two processes: the shell and timeout.
   */
  TERMINAL("floods a terminal", "timeout -s KILL 15 yes", Sign.PROCESSES, 2),

  /**
   * Takes much of everything, as {@link GreedyUser} does; this is one of the busy commands. There
   * are so many that they need longer to start, so they last longer too.
   */
  EVERYTHING(
      "does everything at once", "while ((SECONDS < 30)); do :; done", Sign.PROCESSES, 64, 29);

  /** The resource of which the container uses more while an attack is in force. */
  private enum Sign {
    PROCESSES,
    MEMORY,
    CACHE
  }

  private static final int USUAL_LIFE = 14;

  private final String title;
  private final String command;
  private final Sign sign;
  private final long least;
  private final Duration life;

  NeighbourAttack(String title, String command, Sign sign, long least) {
    this(title, command, sign, least, USUAL_LIFE);
  }

  NeighbourAttack(String title, String command, Sign sign, long least, int seconds) {
    this.title = title;
    this.command = command;
    this.sign = sign;
    this.least = least;
    this.life = Duration.ofSeconds(seconds);
  }

  /** The longest that it lasts. A server that ends it later has only seen its own end. */
  Duration life() {
    return life;
  }

  String title() {
    return title;
  }

  String command() {
    return command;
  }

  /** Whether the attack shows in what the container uses. */
  boolean isInForce(Use before, Use now) {
    return use(now) - use(before) >= least;
  }

  private long use(Use use) {
    return switch (sign) {
      case PROCESSES -> use.processes();
      case MEMORY -> use.memory();
      case CACHE -> use.cache();
    };
  }
}
