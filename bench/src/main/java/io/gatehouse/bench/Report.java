package io.gatehouse.bench;

import java.io.PrintStream;
import java.util.Locale;

/** Prints what was measured, one line for each comparison. */
final class Report {

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
    line("", "gatehouse", "other", "ratio", "goal");
  }

  void value(String what, double value, String unit) {
    line(what, number(value, unit), "", "", "");
  }

  /** A comparison in which less is better. */
  void atMost(String what, double ours, double theirs, String unit, double goal) {
    compare(what, ours, theirs, unit, "<= " + goal, ours / theirs <= goal);
  }

  /** A comparison in which less is better and so much more is allowed. */
  void atMostMore(String what, double ours, double theirs, String unit, double more) {
    String goal = "<= other + " + number(more, unit);
    compare(what, ours, theirs, unit, goal, ours <= theirs + more);
  }

  /** A value that is to stay below a limit. */
  void atMostValue(String what, double value, String unit, double limit) {
    line(what, number(value, unit), "", "", goal("<= " + number(limit, unit), value <= limit));
  }

  /** A comparison in which more is better. */
  void atLeast(String what, double ours, double theirs, String unit, double goal) {
    compare(what, ours, theirs, unit, ">= " + goal, ours / theirs >= goal);
  }

  private void compare(
      String what, double ours, double theirs, String unit, String goal, boolean met) {
    line(
        what,
        number(ours, unit),
        number(theirs, unit),
        String.format(Locale.ROOT, "%.2f", ours / theirs),
        goal(goal, met));
  }

  private static String goal(String goal, boolean met) {
    return goal + (met ? " met" : " missed");
  }

  private static String number(double value, String unit) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f %s" : "%.0f %s", value, unit);
  }

  private void line(String what, String ours, String theirs, String ratio, String goal) {
    out.println(
        String.format(Locale.ROOT, "%-44s %12s %12s %8s %s", what, ours, theirs, ratio, goal)
            .stripTrailing());
  }
}
