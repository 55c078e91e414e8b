package io.gatehouse.bench.isolation;

import io.gatehouse.bench.Report;
import java.util.Arrays;
import java.util.List;

/** Measures how well isolation protects a neighbour, and what it costs. */
final class IsolationBenchmark {

  private IsolationBenchmark() {}

  /**
   * Arguments: `neighbours`, `fairness` or `cost`, `full` or `quick`, the program docker, and
   * containers with what the tables call them, and what they require: COLUMN=NAME=URL=MEASURES.
   * Their key comes from OPEN_TERMINAL_API_KEY. {@code bench/isolation} starts and removes them.
   */
  public static void main(String[] arguments) {
    List<Container> containers =
        Arrays.stream(arguments)
            .skip(3)
            .map(argument -> Container.of(arguments[2], argument))
            .toList();
    String key = System.getenv("OPEN_TERMINAL_API_KEY");
    if (key == null) {
      throw new IllegalArgumentException("OPEN_TERMINAL_API_KEY is the key of all containers");
    }
    boolean quick = arguments[1].equals("quick");
    Report report = new Report(System.out);
    switch (arguments[0]) {
      case "neighbours" ->
          new NeighbourBenchmark(containers, key, quick, report)
              .run(List.of(NeighbourAttack.values()));
      case "fairness" ->
          new NeighbourBenchmark(containers, key, quick, report)
              .run(List.of(NeighbourAttack.EVERYTHING));
      case "cost" -> new CostBenchmark(containers, key, quick, report).run();
      default ->
          throw new IllegalArgumentException(
              "there is no part " + arguments[0] + ", but neighbours, fairness and cost");
    }
  }
}
