package io.gatehouse.gateway.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Runs the original Open Terminal, for comparison, with one user and a home that is removed at the
 * end.
 */
public final class OpenTerminal implements AutoCloseable {

  /** The program that {@code ./test} has installed. */
  private static final String PROGRAM = "GATEHOUSE_REFERENCE";

  private static final int START_TRIES = 300;

  private final Path home;
  private final int port = RealSshd.freePort();
  private final Process process;

  private OpenTerminal(String program, String key) throws IOException {
    home = Files.createTempDirectory("gatehouse-reference");
    ProcessBuilder builder =
        new ProcessBuilder(program, "run", "--host", "127.0.0.1", "--port", Integer.toString(port))
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("OPEN_TERMINAL_API_KEY", key);
    builder.environment().put("OPEN_TERMINAL_LOG_DIR", home + ".logs");
    builder.environment().put("HOME", home.toString());
    process = builder.start();
  }

  public static OpenTerminal start(String key) {
    String program = System.getenv(PROGRAM);
    Assumptions.assumeTrue(program != null, "Open Terminal is not installed");
    try {
      OpenTerminal server = new OpenTerminal(String.valueOf(program), key);
      server.awaitStart();
      return server;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void awaitStart() {
    Client client = new Client(url(), Map.of());
    for (int i = 0; i < START_TRIES && process.isAlive(); i++) {
      try {
        if (client.get("/health").status() == 200) {
          return;
        }
      } catch (UncheckedIOException notYet) {
        sleep();
      }
    }
    close();
    throw new AssertionError("Open Terminal did not start");
  }

  private static void sleep() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  public String home() {
    return home.toString();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
    RealSshd.run("rm", "-rf", home.toString(), home + ".logs");
  }
}
