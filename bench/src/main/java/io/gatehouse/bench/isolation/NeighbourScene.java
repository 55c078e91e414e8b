package io.gatehouse.bench.isolation;

import io.gatehouse.bench.Report;
import io.gatehouse.bench.Times;
import io.gatehouse.bench.Waiting;
import io.gatehouse.bench.client.TerminalServer;
import io.gatehouse.bench.isolation.ControlGroup.Use;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.core5.util.Timeout;

/** A tier on which alice attacks while bob works, with the times that were measured. */
final class NeighbourScene {

  private static final String ALICE = "aliceid1";
  private static final String BOB = "bobbyid1";

  /** A time that is longer than an attack needs to end after a request to end it. */
  private static final Duration LONGEST_END = Duration.ofSeconds(10);

  private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(10);
  private static final Duration LONGEST_ONSET = Duration.ofSeconds(3);
  private static final Duration LOOK = Duration.ofMillis(50);

  /** The time from the first sign of an attack to its full force. */
  private static final Duration SETTLING = Duration.ofMillis(500);

  private static final Duration REST = Duration.ofMillis(500);

  /** Commands are measured for one of these parts of an attack's life at most. */
  private static final int PARTS_OF_LIFE = 3;

  /** The program of bob's that an attack must not end: it keeps 100 MB in use. */
  private static final String WORK =
      "python3 -c 'import time; held = bytearray(b\"x\") * 100_000_000; time.sleep(3600)' & echo $!"
          + " >~/work";

  /** The state of the server after an attack. */
  private enum Server {
    WORKS(""),
    STUCK("server stuck"),
    ENDED("server ended");

    private final String word;

    Server(String word) {
      this.word = word;
    }
  }

  /**
   * How an attack went.
   *
   * @param end the milliseconds that the gateway took to end alice's processes; empty if it failed,
   *     or if the attack's own time was over first
   */
  private record Outcome(
      Answers answers, Optional<Double> end, boolean inForce, Server server, boolean workLives) {}

  private final Container container;
  private final String key;
  private final Times quiet = new Times();
  private final Map<NeighbourAttack, Outcome> outcomes = new EnumMap<>(NeighbourAttack.class);

  /** Waits until an attack has ended. */
  private TerminalServer server;

  /** Waits as long as bob waits between two commands. */
  private TerminalServer impatient;

  NeighbourScene(Container container, String key) {
    this.container = container;
    this.key = key;
    this.server = server(LONGEST_END);
    this.impatient = server(Answers.LONGEST_COMMAND);
  }

  private TerminalServer server(Duration wait) {
    Timeout limit = Timeout.ofMilliseconds(wait.plusMillis(500).toMillis());
    return new TerminalServer(container.url(), key, wait, limit);
  }

  /**
   * Restarts the container, and makes new clients, because connections to the container that has
   * ended cannot be used any more.
   */
  private void restart() {
    container.restart(server(LONGEST_END));
    server = server(LONGEST_END);
    impatient = server(Answers.LONGEST_COMMAND);
  }

  /** Both are logged in and bob is at work. In the same order everywhere: so are their uids. */
  void prepare(Duration warmUp) {
    for (String user : List.of(BOB, ALICE)) {
      server.run(user, "rm -f /tmp/gatehouse-fill-* $TMPDIR/gatehouse-fill-*; rm -rf ~/greedy");
    }
    server.run(BOB, "kill -0 $(cat ~/work) 2>/dev/null || { (" + WORK + ") >/dev/null 2>&1; }");
    requireWell(commands(warmUp, warmUp));
  }

  private Answers commands(Duration period, Duration limit) {
    return Answers.collect(() -> succeeds(impatient, "true"), period, limit);
  }

  private static boolean succeeds(TerminalServer server, String command) {
    try {
      server.run(BOB, command);
      return true;
    } catch (IllegalStateException | UncheckedIOException failure) {
      return false;
    }
  }

  private static void requireWell(Answers answers) {
    if (answers.failed() > 0) {
      throw new IllegalStateException("commands fail while nobody attacks: " + answers.failed());
    }
  }

  void measure(NeighbourAttack attack, Duration period, Duration warmUp) {
    Answers before = commands(period.dividedBy(2), period);
    requireWell(before);
    quiet.addAll(before.times());
    System.err.print(container.column() + ": " + attack.title() + ": ");
    Outcome outcome = outcome(attack, period);
    outcomes.put(attack, outcome);
    System.err.println(shown(outcome));
    if (outcome.server() == Server.WORKS && outcome.end().isPresent()) {
      prepare(REST);
    } else {
      restart();
      prepare(warmUp);
    }
  }

  private Outcome outcome(NeighbourAttack attack, Duration period) {
    ControlGroup group = container.controlGroup();
    Use before = group.use();
    long life = System.nanoTime() + attack.life().toNanos();
    Attacker attacker = Attacker.begin(attack, server, ALICE);
    boolean inForce = awaitForce(attack, group, before);
    Waiting.pause(SETTLING);
    Answers answers = commands(period, attack.life().dividedBy(PARTS_OF_LIFE));
    Optional<Double> end = end().filter(time -> System.nanoTime() < life);
    attacker.abandon();
    Waiting.pause(REST);
    Server state = recover();
    return new Outcome(
        answers,
        end,
        inForce,
        state,
        state == Server.WORKS && succeeds(server, "kill -0 $(cat ~/work) 2>/dev/null"));
  }

  /** Whether bob can work on; a container may need some time to end, and so may an attack. */
  private Server recover() {
    long deadline = System.nanoTime() + LONGEST_RECOVERY.toNanos();
    while (container.runs()) {
      if (succeeds(impatient, "true")) {
        return Server.WORKS;
      }
      if (System.nanoTime() > deadline) {
        return Server.STUCK;
      }
      Waiting.pause(LOOK);
    }
    return Server.ENDED;
  }

  private boolean awaitForce(NeighbourAttack attack, ControlGroup group, Use before) {
    long deadline = System.nanoTime() + LONGEST_ONSET.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        if (attack.isInForce(before, group.use())) {
          return true;
        }
      } catch (UncheckedIOException gone) {
        // With the container, which is force enough.
        return true;
      }
      Waiting.pause(LOOK);
    }
    return false;
  }

  /** The time until the gateway has ended alice's processes, in milliseconds. */
  private Optional<Double> end() {
    Times time = new Times();
    try {
      time.measure(() -> server.endProcesses(ALICE));
      return Optional.of(time.median());
    } catch (IllegalStateException | UncheckedIOException failure) {
      return Optional.empty();
    }
  }

  private String shown(Outcome outcome) {
    List<String> words = new ArrayList<>();
    Answers answers = outcome.answers();
    double time = answers.percentile(0.95);
    if (Double.isFinite(time)) {
      words.add(Report.number(time, "ms") + " " + Report.times(time / quiet.percentile(0.95)));
    } else {
      words.add("> " + Answers.LONGEST_COMMAND.toSeconds() + " s");
    }
    if (answers.areFew()) {
      words.add("only " + answers.all() + " commands");
    }
    if (answers.failed() > 0) {
      words.add(answers.failed() + " of " + answers.all() + " failed");
    }
    if (outcome.server() != Server.WORKS) {
      words.add(outcome.server().word);
    } else if (!outcome.workLives()) {
      words.add("bob's program killed");
    }
    if (!outcome.inForce()) {
      words.add("not in force");
    }
    return String.join(", ", words);
  }

  private String shownEnd(Outcome outcome) {
    return outcome
        .end()
        .map(time -> Report.number(time, "ms"))
        .orElseGet(() -> outcome.server() == Server.ENDED ? outcome.server().word : "not ended");
  }

  /** The name of the tier, as the head of a column. */
  String column() {
    return container.column();
  }

  /** Milliseconds that this share of bob's commands took at most, while nobody attacked. */
  double quiet(double share) {
    return quiet.percentile(share);
  }

  /** Whether the tier divides the processors between accounts by control groups. */
  boolean dividesProcessors() {
    return container.requires("cpu");
  }

  /** Whether the tier limits what an account may use; a container without any measure does not. */
  boolean limitsUsers() {
    return container.requires("limits");
  }

  /** Milliseconds that most of bob's commands took at most; without end if too many failed. */
  double attacked(NeighbourAttack attack) {
    return outcome(attack).orElseThrow().answers().percentile(0.95);
  }

  /** What bob saw of the attack; empty if it was not made. */
  String shown(NeighbourAttack attack) {
    return outcome(attack).map(this::shown).orElse("");
  }

  /** How soon the attack was ended; empty if it was not made. */
  String shownEnd(NeighbourAttack attack) {
    return outcome(attack).map(this::shownEnd).orElse("");
  }

  /** Milliseconds until the attack was ended; empty if it was not made, or not ended. */
  Optional<Double> end(NeighbourAttack attack) {
    return outcome(attack).flatMap(Outcome::end);
  }

  private Optional<Outcome> outcome(NeighbourAttack attack) {
    return Optional.ofNullable(outcomes.get(attack));
  }
}
