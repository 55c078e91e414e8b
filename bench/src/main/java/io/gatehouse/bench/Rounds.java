package io.gatehouse.bench;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Measures the same work on both sides of a comparison. The sides take turns, so that other work of
 * the machine slows down all of them alike.
 *
 * @param sides Gatehouse's side first; only this one if there is nothing to compare with
 */
record Rounds<T>(List<T> sides, int rounds, Report report) {

  Rounds {
    sides = List.copyOf(sides);
  }

  /** Compares how long a work takes. It is done once more before, which is not measured. */
  List<Times> compare(String what, int calls, Consumer<T> work) {
    sides.forEach(work);
    List<Times> times = noTimes();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < sides.size(); i++) {
        T side = sides.get(i);
        for (int call = 0; call < calls; call++) {
          times.get(i).measure(() -> work.accept(side));
        }
      }
    }
    report(what, times);
    return times;
  }

  /** Empty times, for each side. */
  List<Times> noTimes() {
    return IntStream.range(0, sides.size()).mapToObj(side -> new Times()).toList();
  }

  /** Prints the medians. The goal is that Gatehouse takes no longer. */
  void report(String what, List<Times> times) {
    if (times.size() > 1) {
      report.atMost(what, times.get(0).median(), times.get(1).median(), "ms", 1);
    } else {
      report.value(what, times.getFirst().median(), "ms");
    }
  }
}
