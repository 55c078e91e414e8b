package io.gatehouse.gateway.session;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A program in an account's login that runs without a terminal and talks with the gateway until one
 * of them ends it. It has no time limit: whoever opens it closes it.
 *
 * <p>The program runs with the user's rights, so whatever it says may be a lie of the user's.
 */
public interface Conversation extends AutoCloseable {

  /** The program's standard input. A write fails if the program does not read for some seconds. */
  OutputStream input();

  /** The program's standard output, to its end. The program waits while nobody reads it. */
  InputStream output();

  /**
   * The same output for a reader that expects some all the time: a read fails if the program sends
   * nothing for this long. Time in which nobody reads does not count.
   */
  InputStream output(Duration silence);

  /** The beginning of its standard error. */
  String errors();

  /** How the program ends; complete once it has ended. */
  CompletableFuture<ExitStatus> exit();

  /** Closes the program's input and output, and asks it to end if it still runs. */
  @Override
  void close();
}
