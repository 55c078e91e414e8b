package io.gatehouse.gateway.session;

import java.io.InputStream;

/**
 * A program in an account's login that runs without a terminal, for the gateway's own purposes. It
 * ends by itself, at its time limit, or when it is closed.
 */
public interface Pipe extends AutoCloseable {

  /** The program's standard output, to its end or to the time limit. */
  InputStream output();

  /**
   * Waits for the end of the program, which comes at the time limit at the latest.
   *
   * @throws SessionException if the login was lost
   */
  ExitStatus exit();

  /** The beginning of the program's standard error; complete after {@link #exit}. */
  String errors();

  /** Whether the program was killed at its time limit. */
  boolean timedOut();

  /** Kills the program if it still runs. */
  @Override
  void close();
}
