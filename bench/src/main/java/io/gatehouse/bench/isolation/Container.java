package io.gatehouse.bench.isolation;

import io.gatehouse.bench.Waiting;
import io.gatehouse.bench.client.TerminalServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A container of the image that {@code bench/isolation} started and will remove. */
final class Container {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final String docker;
  private final String column;
  private final String name;
  private final String url;
  private final List<String> required;

  private Container(String docker, String column, String name, String url, List<String> required) {
    this.docker = docker;
    this.column = column;
    this.name = name;
    this.url = url;
    this.required = required;
  }

  /**
   * A container as an argument names it.
   *
   * @param argument what the tables call it, its name, its URL, and the measures of isolation that
   *     it requires with commas between, with = between the four
   */
  static Container of(String docker, String argument) {
    String[] parts = argument.split("=", 4);
    return new Container(docker, parts[0], parts[1], parts[2], List.of(parts[3].split(",")));
  }

  /** Whether the container starts only if this measure of isolation is in force. */
  boolean requires(String measure) {
    return required.contains(measure);
  }

  String column() {
    return column;
  }

  String url() {
    return url;
  }

  boolean runs() {
    return inspect("{{.State.Running}}").equals("true");
  }

  ControlGroup controlGroup() {
    return ControlGroup.of(inspect("{{.Id}}"), inspect("{{.State.Pid}}"));
  }

  /** Restarts the container, or starts it if it does not run, and waits until it answers. */
  void restart(TerminalServer server) {
    var unused = run("restart", "-t", "1", name);
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!answers(server)) {
      if (System.nanoTime() > deadline || !runs()) {
        throw new IllegalStateException(name + " did not start again: " + run("logs", name));
      }
      Waiting.pause(PAUSE);
    }
  }

  private static boolean answers(TerminalServer server) {
    try {
      return server.get("nobody", "/health") > 0;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  private String inspect(String format) {
    return run("inspect", "--format", format, name);
  }

  private String run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(docker));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (BufferedReader output = process.inputReader()) {
        String text = output.lines().collect(Collectors.joining("\n"));
        if (process.waitFor() != 0) {
          throw new IllegalStateException(String.join(" ", command) + ": " + text);
        }
        return text;
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interruption);
    }
  }
}
