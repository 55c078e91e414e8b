package io.gatehouse.gateway.session;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The account's login shell, interactive, on its own pseudo-terminal. */
public interface Shell {

  /**
   * Completes with the shell's process id, which is also the id of the session (setsid) that its
   * children belong to; fails with {@link SessionException} if the shell ended before. The process
   * id is in the output, so this completes only if somebody reads {@link #output}.
   */
  CompletableFuture<Long> processId();

  /**
   * The output of the terminal, to its end, for one reader only. While nobody reads, programs wait:
   * no more than one SSH window is kept.
   */
  InputStream output();

  /**
   * Types bytes into the terminal, in order; one writer at a time. Bytes that no program took
   * within the limit remain in the buffer.
   *
   * @throws SessionException ENDED if the shell has ended
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
