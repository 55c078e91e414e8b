package io.gatehouse.bench.isolation;

import io.gatehouse.bench.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Measures, on each tier, how long one user's command takes while another user takes all of a
 * resource, and how soon the gateway ends the other user's processes.
 */
final class NeighbourBenchmark {

  private static final double GOAL_FOR_THE_END = 1000;

  /** The goal for others' commands, beside those while nobody attacks, where there are groups. */
  private static final double GOAL_BESIDE_QUIET = 2;

  /** The goal for others' commands where only limits protect them, in milliseconds. */
  private static final double GOAL_WITHOUT_GROUPS = 2000;

  private final List<NeighbourScene> scenes;
  private final Duration period;
  private final Duration warmUp;
  private final Report report;

  NeighbourBenchmark(List<Container> containers, String key, boolean quick, Report report) {
    this.scenes = containers.stream().map(container -> new NeighbourScene(container, key)).toList();
    this.period = quick ? Duration.ofSeconds(1) : Duration.ofSeconds(5);
    this.warmUp = quick ? Duration.ofSeconds(2) : Duration.ofSeconds(8);
    this.report = report;
  }

  void run(List<NeighbourAttack> attacks) {
    for (NeighbourScene scene : scenes) {
      System.err.println(scene.column() + ": warming up");
      scene.prepare(warmUp);
    }
    for (NeighbourAttack attack : attacks) {
      scenes.forEach(scene -> scene.measure(attack, period, warmUp));
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(quietRow("nothing, p50", 0.5));
    rows.add(quietRow("nothing, p95", 0.95));
    rows.addAll(rows(attacks, NeighbourScene::shown));
    report.table(heading("bob's true, p95, while alice does"), rows);
    report.table(heading("ended by DELETE /processes"), rows(attacks, NeighbourScene::shownEnd));
    for (NeighbourAttack bomb : List.of(NeighbourAttack.FORK_BOMB, NeighbourAttack.SHELL_BOMB)) {
      if (attacks.contains(bomb)) {
        scenes.forEach(scene -> reportEnd(scene, bomb));
      }
    }
    scenes.forEach(this::reportFairness);
  }

  /** A container without any measure has no goal: it only shows what the measures are for. */
  private void reportFairness(NeighbourScene scene) {
    NeighbourAttack attack = NeighbourAttack.EVERYTHING;
    String what = attack.title() + ", " + scene.column();
    double time = scene.attacked(attack);
    if (scene.dividesProcessors()) {
      report.atMost(what, time, scene.quiet(0.95), "ms", GOAL_BESIDE_QUIET);
    } else if (scene.limitsUsers()) {
      report.atMostValue(what, time, scene.quiet(0.95), "ms", GOAL_WITHOUT_GROUPS);
    }
  }

  private void reportEnd(NeighbourScene scene, NeighbourAttack bomb) {
    String what = bomb.title() + " ended, " + scene.column();
    // A missed end is a missed goal, whatever time it took to miss it.
    double time = scene.end(bomb).orElse(Double.POSITIVE_INFINITY);
    report.atMostValue(what, time, "ms", GOAL_FOR_THE_END);
  }

  private List<String> heading(String first) {
    return Stream.concat(Stream.of(first), scenes.stream().map(NeighbourScene::column)).toList();
  }

  private List<String> quietRow(String title, double share) {
    return Stream.concat(
            Stream.of(title), scenes.stream().map(scene -> Report.number(scene.quiet(share), "ms")))
        .toList();
  }

  private List<List<String>> rows(
      List<NeighbourAttack> attacks, BiFunction<NeighbourScene, NeighbourAttack, String> cell) {
    return attacks.stream()
        .map(
            attack ->
                Stream.concat(
                        Stream.of(attack.title()),
                        scenes.stream().map(scene -> cell.apply(scene, attack)))
                    .toList())
        .toList();
  }
}
