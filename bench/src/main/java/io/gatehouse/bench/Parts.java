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
    try {
      work.run();
      double seconds = (System.nanoTime() - begin) / NANOS_PER_SECOND;
      report.end(seconds);
      System.err.printf("the part %s took %.0f s%n", name, seconds);
    } catch (RuntimeException failure) {
      failed.add(name);
      failure.printStackTrace();
      System.err.println("the part " + name + " failed");
    }
  }

  /** The names of the parts that have failed so far. */
  List<String> failed() {
    return List.copyOf(failed);
  }
}
