package io.gatehouse.bench.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Shows a file in a pseudo-terminal of the kernel's without any server: the most that a terminal
 * can show in a second.
 */
public final class PseudoTerminal {

  private static final String SHOW =
      """
      import os, pty, sys, time
      begin = time.monotonic_ns()
      pid, terminal = pty.fork()
      if not pid:
          os.execvp("cat", ["cat", sys.argv[1]])
      pieces = []
      try:
          while piece := os.read(terminal, 65536):
              pieces.append(piece)
      except OSError:
          pass  # Linux answers EIO when the last program has closed the terminal
      time_needed = time.monotonic_ns() - begin
      os.waitpid(pid, 0)
      with open(sys.argv[1], "rb") as file:
          expected = file.read().replace(b"\\n", b"\\r\\n")
      sys.exit("wrong bytes") if b"".join(pieces) != expected else print(time_needed)
      """;

  private final String account;
  private final String file;

  /**
   * @param account the account that shows the file
   */
  public PseudoTerminal(String account, String file) {
    this.account = account;
    this.file = file;
  }

  /** The nanoseconds that `cat` took, of which each byte was checked. */
  public long show() {
    List<String> command =
        List.of(
            "setpriv",
            "--reuid",
            account,
            "--regid",
            account,
            "--clear-groups",
            "/usr/bin/python3",
            "-I",
            "-c",
            SHOW,
            file);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (BufferedReader output = process.inputReader()) {
        String text = output.lines().collect(Collectors.joining("\n"));
        if (process.waitFor() != 0) {
          throw new IllegalStateException("a bare terminal: " + text);
        }
        return Long.parseLong(text);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interruption);
    }
  }
}
