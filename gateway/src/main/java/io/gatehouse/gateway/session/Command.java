package io.gatehouse.gateway.session;

import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/** A command that runs in an account's login, on its own pseudo-terminal. */
public interface Command extends AutoCloseable {

  /**
   * Completes when the account's shell has reached the directory and begins with the text; fails
   * with {@link SessionException} NO_DIRECTORY if the directory cannot be entered, and NOT_STARTED
   * if the shell ended before, so that nothing of the text has run. The start is seen in the
   * output, so it completes only if somebody reads {@link #output}.
   */
  CompletableFuture<Void> started();

  /**
   * The output of the terminal, from the first byte of the command's own output to the end, for one
   * reader only. While nobody reads, the program waits: no more than one SSH window is kept.
   */
  InputStream output();

  /**
   * Types bytes into the terminal, whole and in order, once the text has begun; one writer at a
   * time.
   *
   * @throws SessionException if the command has ended or does not read within the limit
   */
  void type(byte[] input);

  /**
   * Looks whether a program in the terminal's foreground waits for input: it reads the terminal,
   * and nothing has been typed.
   *
   * <p>Each look runs a small program in the login. The answer is also false if it cannot be found
   * out.
   *
   * @throws SessionException if the login was lost or takes nothing more
   */
  boolean awaitsInput();

  /** Sends the signal to the command's process group; nothing happens if it has ended. */
  void signal(Signal signal);

  /** Completes, never exceptionally, when the command has ended or its login was lost. */
  CompletableFuture<ExitStatus> exit();

  /** Ends the channel; the command loses its terminal. */
  @Override
  void close();
}
