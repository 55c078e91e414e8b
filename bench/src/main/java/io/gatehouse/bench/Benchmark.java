package io.gatehouse.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Compares Gatehouse with a bare SSH channel and Open Terminal in one run. The rounds alternate
 * between the contestants, so that other work of the machine slows down all of them alike.
 */
final class Benchmark {

  private static final int CALLERS = 32;
  private static final int USERS = 8;
  private static final int LAST_NUMBER = 2_000_000;
  private static final int CALLS_IN_ROUND = 50;

  private final TerminalServer gatehouse;
  private final Optional<TerminalServer> openTerminal;
  private final BareChannels bare;
  private final int rounds;
  private final Duration period;
  private final Report report;
  private final FileBenchmark files;
  private final TerminalBenchmark terminals;
  private final Rounds<TerminalServer> servers;

  private Benchmark(
      TerminalServer gatehouse,
      Optional<TerminalServer> openTerminal,
      BareChannels bare,
      List<Memory> memories,
      boolean quick) {
    this.gatehouse = gatehouse;
    this.openTerminal = openTerminal;
    this.bare = bare;
    this.rounds = quick ? 2 : 10;
    this.period = quick ? Duration.ofSeconds(1) : Duration.ofSeconds(3);
    this.report = new Report(System.out);
    this.files = new FileBenchmark(gatehouse, openTerminal, bare, memories, rounds, report);
    this.terminals =
        new TerminalBenchmark(
            gatehouse, openTerminal, memories.stream().findFirst(), rounds, report);
    List<TerminalServer> all = new ArrayList<>(List.of(gatehouse));
    openTerminal.ifPresent(all::add);
    this.servers = new Rounds<>(all, rounds, report);
  }

  /**
   * Arguments: Gatehouse's URL, its key, its SSH port, the prefix of its accounts, `full` or
   * `quick`, the names of parts with commas between them, its process id, a Python with ipykernel
   * for notebooks (empty if there is none), and, if it takes part, Open Terminal's URL, its process
   * id, and the URL of its server for MCP. All have the same key. {@code bench/run} starts all of
   * them.
   */
  public static void main(String[] arguments) {
    String key = arguments[1];
    Optional<String> other =
        arguments.length > 8 ? Optional.of(arguments[8]) : Optional.<String>empty();
    List<Memory> memories = new ArrayList<>(List.of(new Memory(arguments[6])));
    if (other.isPresent()) {
      memories.add(new Memory(arguments[9]));
    }
    Path homes = Path.of("/home");
    try (BareChannels bare =
        new BareChannels(
            Integer.parseInt(arguments[2]), user -> homes.resolve(arguments[3] + user))) {
      new Benchmark(
              new TerminalServer(arguments[0], key),
              other.map(url -> new TerminalServer(url, key)),
              bare,
              memories,
              arguments[4].equals("quick"))
          .run(
              List.of(arguments[5].split(",")),
              arguments[7],
              other.map(url -> new TerminalServer(arguments[10], key)));
    }
  }

  private void run(List<String> parts, String python, Optional<TerminalServer> otherMcp) {
    warmUp();
    if (parts.contains("commands")) {
      sequential();
      throughput();
      output();
      newUsers();
    }
    if (parts.contains("files")) {
      files.run();
    }
    if (parts.contains("terminals")) {
      terminals.run();
    }
    if (parts.contains("ports")) {
      new PortBenchmark(servers).run();
    }
    if (parts.contains("notebooks") && !python.isEmpty()) {
      new NotebookBenchmark(servers).run(python);
    }
    if (parts.contains("skills")) {
      new SkillBenchmark(servers).run();
    }
    if (parts.contains("mcp")) {
      List<TerminalServer> all = new ArrayList<>(List.of(gatehouse));
      otherMcp.ifPresent(all::add);
      new McpBenchmark(new Rounds<>(all, rounds, report)).run();
    }
  }

  /** Eight letters or digits, which both servers take for the account's name as they are. */
  private static String user(int number) {
    return String.format("user%04d", number);
  }

  private void warmUp() {
    System.err.println("warming up");
    // The warm-up includes what happens once for each user, because a JVM is slow when it does
    // something for the first time.
    IntStream.range(0, USERS + 2 * rounds)
        .mapToObj(Benchmark::user)
        .forEach(
            user -> {
              gatehouse.run(user, "true");
              openTerminal.ifPresent(other -> other.run(user, "true"));
            });
    for (int round = 0; round < rounds; round++) {
      contestants().forEach(this::rate);
    }
  }

  private List<Contestant> contestants() {
    List<Contestant> all = new ArrayList<>(List.of(gatehouse, bare));
    openTerminal.ifPresent(all::add);
    return all;
  }

  private void sequential() {
    System.err.println("one caller");
    List<Contestant> all = contestants();
    List<Times> times = all.stream().map(each -> new Times()).toList();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < all.size(); i++) {
        for (int call = 0; call < CALLS_IN_ROUND; call++) {
          Contestant contestant = all.get(i);
          times.get(i).measure(() -> contestant.run(user(0), "true"));
        }
      }
    }
    Times ours = times.getFirst();
    report.atMost(
        "true, p50, against a bare channel", ours.median(), times.get(1).median(), "ms", 1.4);
    report.value("true, p99", ours.percentile(0.99), "ms");
    if (openTerminal.isPresent()) {
      report.atMost(
          "true, p50, against Open Terminal", ours.median(), times.get(2).median(), "ms", 0.35);
    }
  }

  private void throughput() {
    System.err.println(CALLERS + " callers of " + USERS + " users");
    List<Contestant> all = contestants();
    List<List<Double>> rates =
        all.stream().map(each -> new ArrayList<Double>()).collect(Collectors.toList());
    for (int round = 0; round < Math.max(rounds / 3, 1); round++) {
      for (int i = 0; i < all.size(); i++) {
        rates.get(i).add(rate(all.get(i)));
      }
    }
    double ours = median(rates.getFirst());
    report.atLeast(
        "commands a second, against bare channels", ours, median(rates.get(1)), "/s", 0.7);
    if (openTerminal.isPresent()) {
      report.atLeast(
          "commands a second, against Open Terminal", ours, median(rates.get(2)), "/s", 3);
    }
  }

  /** The number of commands per second of all callers together. */
  private double rate(Contestant contestant) {
    long begin = System.nanoTime();
    long end = begin + period.toNanos();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Integer>> counts =
          IntStream.range(0, CALLERS)
              .mapToObj(
                  caller ->
                      CompletableFuture.supplyAsync(
                          () -> callUntil(end, contestant, user(caller % USERS)), callers))
              .toList();
      int calls = counts.stream().mapToInt(CompletableFuture::join).sum();
      return calls / ((System.nanoTime() - begin) / 1e9);
    }
  }

  private static int callUntil(long end, Contestant contestant, String user) {
    int calls = 0;
    while (System.nanoTime() < end) {
      contestant.run(user, "true");
      calls++;
    }
    return calls;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private void output() {
    System.err.println("seq 1 " + LAST_NUMBER);
    String expected =
        IntStream.rangeClosed(1, LAST_NUMBER)
            .mapToObj(number -> number + "\n")
            .collect(Collectors.joining());
    Times ours = new Times();
    Times theirs = new Times();
    for (int round = 0; round < Math.max(rounds / 2, 1); round++) {
      ours.add(seq(gatehouse, expected));
      openTerminal.ifPresent(other -> theirs.add(seq(other, expected)));
    }
    compareOrTell("seq 1 2000000, every byte", ours, theirs, 0.6);
  }

  private static long seq(TerminalServer server, String expected) {
    TerminalServer.Output output = server.runAndRead(user(0), "seq 1 " + LAST_NUMBER);
    if (!output.text().replace("\r\n", "\n").equals(expected)) {
      throw new IllegalStateException("the output of seq is not what seq prints");
    }
    return output.nanos();
  }

  private void newUsers() {
    System.err.println("new users");
    Times ours = new Times();
    Times theirs = new Times();
    for (int round = 0; round < rounds; round++) {
      String user = user(1000 + round);
      ours.measure(() -> gatehouse.run(user, "true"));
      openTerminal.ifPresent(other -> theirs.measure(() -> other.run(user, "true")));
    }
    compareOrTell("first command of a new user, p50", ours, theirs, 2);
  }

  private void compareOrTell(String what, Times ours, Times theirs, double goal) {
    if (openTerminal.isPresent()) {
      report.atMost(what, ours.median(), theirs.median(), "ms", goal);
    } else {
      report.value(what, ours.median(), "ms");
    }
  }
}
