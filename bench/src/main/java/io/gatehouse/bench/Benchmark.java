package io.gatehouse.bench;

import io.gatehouse.bench.client.BareChannels;
import io.gatehouse.bench.client.TerminalServer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compares Gatehouse with a bare SSH channel and with Open Terminal in one run. The rounds
 * alternate between the contestants, so that other work of the machine slows down all of them
 * alike.
 */
final class Benchmark {

  private static final int ROUNDS = 10;
  private static final int ROUNDS_OF_QUICK = 2;

  private final BenchSettings settings;
  private final TerminalServer gatehouse;
  private final Optional<TerminalServer> openTerminal;
  private final Memory memory;
  private final Report report;
  private final RowFile growth;
  private final Rounds<TerminalServer> servers;
  private final CommandBenchmark commands;
  private final BareChannels bare;

  private Benchmark(BenchSettings settings, BareChannels bare) {
    this.settings = settings;
    this.gatehouse = settings.gatehouse();
    this.openTerminal = settings.openTerminal();
    this.memory = settings.memory();
    this.bare = bare;
    this.report = new Report(System.out, Optional.of(new RowFile(settings.results())));
    this.growth = new RowFile(settings.growth());
    this.servers = rounds(openTerminal);
    this.commands = new CommandBenchmark(gatehouse, openTerminal, bare, settings.quick(), servers);
  }

  private Rounds<TerminalServer> rounds(Optional<TerminalServer> other) {
    return new Rounds<>(
        Stream.concat(Stream.of(gatehouse), other.stream()).toList(),
        settings.quick() ? ROUNDS_OF_QUICK : ROUNDS,
        report);
  }

  /** Takes no arguments: {@code bench/run} sets variables and starts the servers. */
  public static void main(String[] arguments) {
    BenchSettings settings = new BenchSettings(System.getenv());
    List<String> failed;
    try (BareChannels bare =
        new BareChannels(
            settings.sshPort(), user -> Path.of("/home").resolve(settings.account(user)))) {
      failed = new Benchmark(settings, bare).run();
    }
    if (!failed.isEmpty()) {
      System.err.println("failed: " + String.join(", ", failed));
      System.exit(1);
    }
  }

  /** The parts by their names, in the order in which they run. */
  private Map<String, Runnable> parts() {
    Map<String, Runnable> parts = new LinkedHashMap<>();
    parts.put("memory", this::memory);
    parts.put("commands", commands::run);
    parts.put("files", this::files);
    parts.put("terminals", this::terminals);
    parts.put("ports", () -> new PortBenchmark(servers).run());
    parts.put("notebooks", this::notebooks);
    parts.put("skills", () -> new SkillBenchmark(servers).run());
    parts.put("mcp", () -> new McpBenchmark(rounds(settings.openTerminalMcp())).run());
    parts.put("growth-executions", () -> new ExecutionGrowth(settings, growth, report).run());
    parts.put("growth-files", () -> new SizeGrowth(settings, growth, report).run());
    parts.put("growth-logs", () -> new LogGrowth(settings, growth, report).run());
    parts.put("growth-users", () -> new UserGrowth(settings, growth, report).run());
    return parts;
  }

  /** Returns the names of the parts that have failed. */
  private List<String> run() {
    Parts runner = new Parts(report);
    boolean warm = false;
    for (Map.Entry<String, Runnable> part : parts().entrySet()) {
      String name = part.getKey();
      if (!settings.parts().contains(name)) {
        continue;
      }
      // The first part measures the gateway as it is after its start.
      if (!warm && !name.equals("memory")) {
        warm = true;
        runner.run("warm-up", commands::warmUp);
      }
      runner.run(name, part.getValue());
    }
    return runner.failed();
  }

  private void memory() {
    new MemoryBenchmark(gatehouse, memory, settings.otherMemory(), settings.quick(), report).run();
  }

  private void files() {
    new FileBenchmark(servers, bare, memory, settings.otherMemory()).run();
  }

  private void terminals() {
    new TerminalBenchmark(servers, settings.account(Users.name(0))).run();
    new CrowdBenchmark(gatehouse, openTerminal, memory, report).run();
  }

  private void notebooks() {
    settings
        .python()
        .ifPresentOrElse(
            new NotebookBenchmark(servers)::run,
            () -> System.err.println("without notebooks: ipykernel could not be installed"));
  }
}
