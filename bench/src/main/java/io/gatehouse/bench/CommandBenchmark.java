package io.gatehouse.bench;

import io.gatehouse.bench.client.BareChannels;
import io.gatehouse.bench.client.Contestant;
import io.gatehouse.bench.client.TerminalServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Compares commands: how long one takes, and how many callers can run in a second. */
final class CommandBenchmark {

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

  CommandBenchmark(
      TerminalServer gatehouse,
      Optional<TerminalServer> openTerminal,
      BareChannels bare,
      boolean quick,
      Rounds<TerminalServer> servers) {
    this.gatehouse = gatehouse;
    this.openTerminal = openTerminal;
    this.bare = bare;
    this.rounds = servers.rounds();
    this.period = quick ? Duration.ofSeconds(1) : Duration.ofSeconds(3);
    this.report = servers.report();
  }

  /**
   * Does what happens once for each user, and calls all contestants until their programs are
   * compiled, because a JVM is slow when it does something for the first time.
   */
  void warmUp() {
    System.err.println("warming up");
    for (String user : Users.names(0, USERS + 2 * rounds)) {
      gatehouse.run(user, "true");
      openTerminal.ifPresent(other -> other.run(user, "true"));
    }
    for (int round = 0; round < rounds; round++) {
      contestants().forEach(this::rate);
    }
  }

  void run() {
    sequential();
    throughput();
    output();
    newUsers();
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
          times.get(i).measure(() -> contestant.run(Users.name(0), "true"));
        }
      }
    }
    Times ours = times.getFirst();
    report.atMost(
        "true, p50, against a bare channel", ours.median(), times.get(1).median(), "ms", 1.25);
    report.value("true, p99", ours.percentile(0.99), "ms");
    if (openTerminal.isPresent()) {
      report.atMost(
          "true, p50, against Open Terminal", ours.median(), times.get(2).median(), "ms", 0.3);
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
        "commands a second, against bare channels", ours, median(rates.get(1)), "/s", 0.9);
    if (openTerminal.isPresent()) {
      report.atLeast(
          "commands a second, against Open Terminal", ours, median(rates.get(2)), "/s", 4);
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
                          () -> callUntil(end, contestant, Users.name(caller % USERS)), callers))
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
    TerminalServer.Output output = server.runAndRead(Users.name(0), "seq 1 " + LAST_NUMBER);
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
      String user = Users.name(Users.NEW + round);
      ours.measure(() -> gatehouse.run(user, "true"));
      openTerminal.ifPresent(other -> theirs.measure(() -> other.run(user, "true")));
    }
    compareOrTell("first command of a new user, p50", ours, theirs, 1.5);
  }

  private void compareOrTell(String what, Times ours, Times theirs, double goal) {
    if (openTerminal.isPresent()) {
      report.atMost(what, ours.median(), theirs.median(), "ms", goal);
    } else {
      report.value(what, ours.median(), "ms");
    }
  }
}
