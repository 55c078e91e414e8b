package io.gatehouse.gateway.session;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The account's login shell, interactive, on its own pseudo-terminal. */
public interface Shell {

  /**
   * Completes with the shell's process id, which is also that of the session (setsid) in which its
   * children are; fails with {@link SessionException} if it ended before. It takes somebody who
   * reads the output to come this far.
   */
  CompletableFuture<Long> processId();

  /**
   * The output of the terminal, to its end, for one reader only. While nobody reads, programs wait:
   * nothing is kept beyond one SSH window.
   */
  InputStream output();

  /**
   * Types bytes into the terminal, in order; one writer at a time. What programs did not take
   * within the limit remains in the buffer.
   *
   * @throws SessionException ENDED if there is no shell any more
   */
  void type(ByteBuffer input, Duration limit);

  /** Tells the programs that the window has another size; nothing happens if the shell ended. */
  void resize(WindowSize size);

  /** Completes, never exceptionally, when the shell has ended or its login was lost. */
  CompletableFuture<ExitStatus> exit();

  /**
   * Ends the shell and every process of its session: they are hung up, and killed if they are still
   * there two seconds later. Returns when they are gone, within five seconds.
   */
  void end();
}
