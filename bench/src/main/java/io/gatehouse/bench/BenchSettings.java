package io.gatehouse.bench;

import io.gatehouse.bench.client.TerminalServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code bench/run} tells the benchmark, in variables of its environment. They are not
 * arguments, because every account of a machine sees the arguments of programs.
 */
final class BenchSettings {

  private final Map<String, String> variables;

  BenchSettings(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  private String required(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("bench/run has not set " + name));
  }

  private Optional<String> find(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  TerminalServer gatehouse() {
    return server(required("BENCH_URL"));
  }

  /** Empty if Open Terminal could not be installed. */
  Optional<TerminalServer> openTerminal() {
    return find("BENCH_OTHER_URL").map(this::server);
  }

  /** Open Terminal's server for MCP; empty if Open Terminal could not be installed. */
  Optional<TerminalServer> openTerminalMcp() {
    return find("BENCH_OTHER_MCP_URL").map(this::server);
  }

  private TerminalServer server(String url) {
    return new TerminalServer(url, required("OPEN_TERMINAL_API_KEY"));
  }

  /** The gateway's memory. */
  Memory memory() {
    return new Memory(required("BENCH_PID"));
  }

  /** Open Terminal's memory; empty if it could not be installed. */
  Optional<Memory> otherMemory() {
    return find("BENCH_OTHER_PID").map(Memory::new);
  }

  /** The port of sshd's listener for the gateway. */
  int sshPort() {
    return Integer.parseInt(required("OPEN_TERMINAL_SSH_PORT"));
  }

  /** The name of the account that Gatehouse makes for a user. */
  String account(String user) {
    return required("BENCH_PREFIX") + user;
  }

  /** Whether the run only has to show that everything works. */
  boolean quick() {
    return required("BENCH_MODE").equals("quick");
  }

  /** The names of the parts to run. */
  List<String> parts() {
    return List.of(required("BENCH_PARTS").split(","));
  }

  /** A Python with ipykernel for the notebooks of both servers; empty if there is none. */
  Optional<String> python() {
    return find("BENCH_PYTHON");
  }

  /** The file for the rows of the table, with tabs between the cells. */
  Path results() {
    return Path.of(required("BENCH_RESULTS"));
  }

  /** The file for the values of the part growth, with tabs between the cells. */
  Path growth() {
    return Path.of(required("BENCH_GROWTH"));
  }
}
