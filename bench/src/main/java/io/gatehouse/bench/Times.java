package io.gatehouse.bench;

import java.util.ArrayList;
import java.util.List;

/** The times of one action that was repeated. */
public final class Times {

  private static final double NANOS_PER_MILLI = 1e6;

  private final List<Long> nanos = new ArrayList<>();

  /** Runs the action once and keeps its time. */
  public void measure(Runnable work) {
    long begin = System.nanoTime();
    work.run();
    add(System.nanoTime() - begin);
  }

  public int count() {
    return nanos.size();
  }

  public void addAll(Times others) {
    nanos.addAll(others.nanos);
  }

  public void add(long time) {
    nanos.add(time);
  }

  /**
   * The time in milliseconds that this share of all times does not exceed.
   *
   * @param share from 0 to 1; one half is the median
   */
  public double percentile(double share) {
    List<Long> sorted = nanos.stream().sorted().toList();
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.max(index, 0)) / NANOS_PER_MILLI;
  }

  public double median() {
    return percentile(0.5);
  }
}
