package io.gatehouse.bench;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
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

  /** Compares how long a work takes. The goal is that Gatehouse takes no longer. */
  List<Times> compare(String what, int calls, Consumer<T> work) {
    return compare(what, calls, 1, work);
  }

  /**
   * Compares how long a work takes. It is done once more before, which is not measured.
   *
   * @param goal the largest ratio of the medians
   */
  List<Times> compare(String what, int calls, double goal, Consumer<T> work) {
    sides.forEach(work);
    List<Times> times = times(calls, work);
    report(what, times, goal);
    return times;
  }

  /**
   * Compares how long a download takes. Its first answer is not measured, and each answer must have
   * as many bytes as the first.
   *
   * @param goal the largest ratio of the medians
   * @param work returns the number of bytes
   */
  List<Times> compareDownload(String what, int calls, double goal, ToLongFunction<T> work) {
    List<Long> lengths = sides.stream().map(work::applyAsLong).toList();
    List<Times> times =
        times(
            calls,
            side -> {
              long length = work.applyAsLong(side);
              if (length != lengths.get(sides.indexOf(side))) {
                throw new IllegalStateException(
                    what + ": " + length + " bytes came, and not " + lengths);
              }
            });
    report(what, times, goal);
    return times;
  }

  private List<Times> times(int calls, Consumer<T> work) {
    List<Times> times = noTimes();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < sides.size(); i++) {
        T side = sides.get(i);
        for (int call = 0; call < calls; call++) {
          times.get(i).measure(() -> work.accept(side));
        }
      }
    }
    return times;
  }

  /** Empty times, for each side. */
  List<Times> noTimes() {
    return IntStream.range(0, sides.size()).mapToObj(side -> new Times()).toList();
  }

  /** Prints the medians. The goal is that Gatehouse takes no longer. */
  void report(String what, List<Times> times) {
    report(what, times, 1);
  }

  /** Prints the medians. */
  void report(String what, List<Times> times, double goal) {
    if (times.size() > 1) {
      report.atMost(what, times.get(0).median(), times.get(1).median(), "ms", goal);
    } else {
      report.value(what, times.getFirst().median(), "ms");
    }
  }
}
