package io.gatehouse.bench;

import io.gatehouse.bench.client.TerminalConnection;
import io.gatehouse.bench.client.TerminalServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Measures the memory of a gateway that has just started, and that of the same gateway when many
 * users are logged in and each has a terminal.
 */
final class MemoryBenchmark {

  private static final double IDLE_GOAL = 120;
  private static final double SESSIONS_GOAL = 400;
  private static final int SESSIONS = 300;
  private static final int SESSIONS_OF_QUICK = 20;
  private static final int CALLERS = 4;

  /** The time after which a gateway that has started has nothing left to do. */
  private static final Duration REST = Duration.ofSeconds(10);

  private final TerminalServer gatehouse;
  private final Memory memory;
  private final Optional<Memory> otherMemory;
  private final int sessions;
  private final Report report;

  MemoryBenchmark(
      TerminalServer gatehouse,
      Memory memory,
      Optional<Memory> otherMemory,
      boolean quick,
      Report report) {
    this.gatehouse = gatehouse;
    this.memory = memory;
    this.otherMemory = otherMemory;
    this.sessions = quick ? SESSIONS_OF_QUICK : SESSIONS;
    this.report = report;
  }

  void run() {
    System.err.println("memory");
    Waiting.pause(REST);
    double idle = memory.residentMegabytes();
    otherMemory.ifPresentOrElse(
        other -> report.atMostValue("idle, RSS", idle, other.residentMegabytes(), "MB", IDLE_GOAL),
        () -> report.atMostValue("idle, RSS", idle, "MB", IDLE_GOAL));
    double sshd = Memory.ofSshd();
    List<String> users = Users.names(Users.LOGGED_IN, sessions);
    Queue<TerminalConnection> terminals = new ConcurrentLinkedQueue<>();
    Callers.forEach(CALLERS, users, user -> terminals.add(Keyboard.open(gatehouse, user)));
    Waiting.pause(REST);
    report.atMostValue(
        sessions + " sessions, a terminal each, RSS",
        memory.residentMegabytes(),
        "MB",
        SESSIONS_GOAL);
    report.value(
        sessions + " sessions, a terminal each, live heap", memory.liveHeapMegabytes(), "MB");
    report.value(sessions + " sessions, sshd's memory", Memory.ofSshd() - sshd, "MB");
    terminals.forEach(TerminalConnection::close);
    Callers.forEach(CALLERS, users, gatehouse::endProcesses);
  }
}
