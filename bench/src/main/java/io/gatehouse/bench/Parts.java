package io.gatehouse.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs the parts of the benchmark one after another, says how long each took, and goes on with the
 * next if one fails.
 */
final class Parts {

  private static final double NANOS_PER_SECOND = 1e9;

  private final Report report;
  private final List<String> failed = new ArrayList<>();

  Parts(Report report) {
    this.report = report;
  }

  void run(String name, Runnable work) {
    report.begin(name);
    long begin = System.nanoTime();
    String end = "took";
    try {
      work.run();
    } catch (RuntimeException failure) {
      failed.add(name);
      end = "failed after";
      failure.printStackTrace();
    }
    double seconds = (System.nanoTime() - begin) / NANOS_PER_SECOND;
    System.err.printf("the part %s %s %.0f s%n", name, end, seconds);
  }

  /** The names of the parts that have failed so far. */
  List<String> failed() {
    return List.copyOf(failed);
  }
}
