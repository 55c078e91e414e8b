package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.Lease;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.stream.Collectors;

/** Keeps the best results of a search and drops the others. */
final class Ranking<T> {

  private record Ranked<T>(T value, int rank, int length, String name, long weight) {}

  private static final Comparator<Ranked<?>> BEST_FIRST =
      Comparator.<Ranked<?>>comparingInt(Ranked::rank)
          .thenComparingInt(Ranked::length)
          .thenComparing(Ranked::name);

  private final int most;
  private final Lease held;
  private final PriorityQueue<Ranked<T>> worstFirst =
      new PriorityQueue<>(Collections.reverseOrder(BEST_FIRST));

  /**
   * @param held counts the memory of the results that are kept
   */
  Ranking(int most, Lease held) {
    this.most = most;
    this.held = held;
  }

  /**
   * Adds a value. Of two values with the same rank, the shorter comes first; if they are equally
   * long, their alphabetical order decides.
   *
   * @param weight bytes of memory of the value
   */
  void add(T value, int rank, int length, String path, long weight) {
    long whole = NameSearch.WEIGHT + 2L * path.length() + weight;
    held.take(whole);
    worstFirst.add(new Ranked<>(value, rank, length, path.toLowerCase(Locale.ROOT), whole));
    if (worstFirst.size() > most) {
      held.giveBack(Objects.requireNonNull(worstFirst.poll()).weight());
    }
  }

  List<T> best(int offset) {
    return worstFirst.stream()
        .sorted(BEST_FIRST)
        .skip(offset)
        .map(Ranked::value)
        .collect(Collectors.toList());
  }
}
