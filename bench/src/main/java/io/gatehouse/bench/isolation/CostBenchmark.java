package io.gatehouse.bench.isolation;

import io.gatehouse.bench.Memory;
import io.gatehouse.bench.Report;
import io.gatehouse.bench.Times;
import io.gatehouse.bench.Waiting;
import io.gatehouse.bench.client.TerminalServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Measures what each measure of isolation costs a login and its commands. The containers differ
 * only in the measure; the first has none. The rounds alternate between them.
 */
final class CostBenchmark {

  private static final String USER = "bobbyid1";
  private static final int COMMANDS_IN_ROUND = 50;
  private static final double BYTES_PER_KB = 1e3;
  private static final double KB_PER_MB = 1e3;
  private static final double MICROS_PER_MILLI = 1e3;
  private static final int CONNECTIONS = 2000;

  /** The time until the gateway knows of the end of a login, for which it need not wait. */
  private static final Duration REST = Duration.ofMillis(200);

  /** Prints microseconds; the connections are reset, so that none is remembered for minutes. */
  private static final String CONNECT =
      """
      python3 -c '
      import socket, struct, time
      server = socket.create_server(("127.0.0.1", 0))
      begin = time.perf_counter()
      for _ in range(%d):
          client = socket.create_connection(server.getsockname())
          accepted = server.accept()[0]
          client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
          client.close()
          accepted.close()
      print((time.perf_counter() - begin) / %d * 1e6)
      '
      """
          .formatted(CONNECTIONS, CONNECTIONS);

  private final List<Subject> subjects;
  private final int rounds;
  private final int users;
  private final Duration warmUp;
  private final Report report;

  CostBenchmark(List<Container> containers, String key, boolean quick, Report report) {
    this.subjects = containers.stream().map(container -> new Subject(container, key)).toList();
    this.rounds = quick ? 2 : 12;
    this.users = quick ? 8 : 24;
    this.warmUp = quick ? Duration.ofSeconds(2) : Duration.ofSeconds(6);
    this.report = report;
  }

  /** A container with one measure or several, and the values that were measured in it. */
  private static final class Subject {

    private final Container container;
    private final TerminalServer server;
    private final Times logins = new Times();
    private final Times commands = new Times();
    private final Times connections = new Times();
    private double memory;
    private double sshd;

    private Subject(Container container, String key) {
      this.container = container;
      this.server = new TerminalServer(container.url(), key);
    }

    private void warmUp(Duration time) {
      System.err.println(container.column() + ": warming up");
      server.run(USER, "true");
      long end = System.nanoTime() + time.toNanos();
      while (System.nanoTime() < end) {
        server.run(USER, "true");
      }
      Times unused = new Times();
      for (int i = 0; i < 3; i++) {
        logIn(unused);
      }
    }

    /**
     * The time of a new connection and its first command. The account exists, and nobody is logged
     * in.
     */
    private void logIn(Times times) {
      server.endProcesses(USER);
      Waiting.pause(REST);
      times.measure(() -> server.run(USER, "true"));
    }

    private void runCommands() {
      for (int i = 0; i < COMMANDS_IN_ROUND; i++) {
        commands.measure(() -> server.run(USER, "true"));
      }
    }

    private void connect() {
      String micros = server.runAndRead(USER, CONNECT).text().strip();
      connections.add(Math.round(Double.parseDouble(micros) * MICROS_PER_MILLI));
    }

    /**
     * The memory of the container in kilobytes, with the kernel's part, and without files and the
     * gateway.
     */
    private double memory() {
      ControlGroup group = container.controlGroup();
      double gateway =
          group.processes("java").stream().mapToDouble(Memory::anonymousMegabytes).sum();
      ControlGroup.Use use = group.use();
      return (use.memory() - use.cache()) / BYTES_PER_KB - gateway * KB_PER_MB;
    }

    /** The memory of the processes of all logins, in kilobytes. */
    private double sshd() {
      // Before OpenSSH 9.8, sshd's processes have the name of the link that the image starts.
      return container.controlGroup().processes("sshd", "gatehouse").stream()
              .mapToDouble(Memory::megabytes)
              .sum()
          * KB_PER_MB;
    }
  }

  void run() {
    subjects.forEach(subject -> subject.warmUp(warmUp));
    for (int round = 1; round <= rounds; round++) {
      System.err.println("round " + round + " of " + rounds);
      subjects.forEach(subject -> subject.logIn(subject.logins));
      subjects.forEach(Subject::runCommands);
      subjects.forEach(Subject::connect);
    }
    memory();
    report.table(
        List.of(
            "with",
            "login and first command, p50",
            "true, p50",
            "connection on loopback, p50",
            "memory of a user who is logged in",
            "its sshd's, PSS"),
        subjects.stream().map(this::row).toList());
  }

  private void memory() {
    System.err.println(users + " users who do nothing");
    subjects.forEach(
        subject -> {
          subject.memory = subject.memory();
          subject.sshd = subject.sshd();
        });
    for (int number = 0; number < users; number++) {
      String user = String.format(Locale.ROOT, "user%04d", number);
      subjects.forEach(subject -> subject.server.run(user, "true"));
    }
    subjects.forEach(
        subject -> {
          subject.memory = (subject.memory() - subject.memory) / users;
          subject.sshd = (subject.sshd() - subject.sshd) / users;
        });
  }

  private List<String> row(Subject subject) {
    List<String> row = new ArrayList<>(List.of(subject.container.column()));
    Stream.of(
            cell(subject, each -> each.logins.median(), "ms"),
            cell(subject, each -> each.commands.median(), "ms"),
            cell(subject, each -> each.connections.median() * MICROS_PER_MILLI, "us"),
            cell(subject, each -> each.memory, "KB"),
            cell(subject, each -> each.sshd, "KB"))
        .forEach(row::add);
    return row;
  }

  private String cell(Subject subject, ToDoubleFunction<Subject> value, String unit) {
    double own = value.applyAsDouble(subject);
    double none = value.applyAsDouble(subjects.getFirst());
    return Report.number(own, unit) + " " + Report.times(own / none);
  }
}
