package io.gatehouse.gateway.openwebui;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A Redis server on loopback that keeps nothing, for several workers of Open WebUI. */
final class Redis implements AutoCloseable {

  private static final Path PROGRAM = Path.of("/usr/bin/redis-server");

  private final Optional<Process> process;
  private final int port;

  private Redis(Optional<Process> process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts a Redis server, if Debian's program is installed. */
  static Redis start() {
    try {
      int port = OpenWebUiServer.freePort();
      return new Redis(
          Files.isExecutable(PROGRAM) ? Optional.of(run(port)) : Optional.empty(), port);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Process run(int port) throws IOException {
    return new ProcessBuilder(
            PROGRAM.toString(),
            "--bind",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--save",
            "",
            "--appendonly",
            "no")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** The settings with which Open WebUI runs with two workers; empty without Redis. */
  Map<String, String> settings() {
    String url = "redis://127.0.0.1:" + port + "/0";
    return process.isPresent()
        ? Map.of(
            OpenWebUiServer.WORKERS,
            "2",
            "REDIS_URL",
            url,
            "WEBSOCKET_MANAGER",
            "redis",
            "WEBSOCKET_REDIS_URL",
            url)
        : Map.of();
  }

  @Override
  public void close() {
    process.ifPresent(Process::destroyForcibly);
  }
}
