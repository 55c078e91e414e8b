package io.gatehouse.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Prints what was measured, one line for each comparison. */
public final class Report {

  /** Which of two values is the better one. */
  private enum Better {
    LESS,
    MORE
  }

  private final PrintStream out;
  private final Optional<RowFile> rows;

  private String part = "";
  private boolean hasHeading;

  public Report(PrintStream out) {
    this(out, Optional.empty());
  }

  /**
   * @param rows gets each line as a row of cells too
   */
  public Report(PrintStream out, Optional<RowFile> rows) {
    this.out = out;
    this.rows = rows;
  }

  /** The lines that follow belong to this part of the benchmark. */
  public void begin(String part) {
    this.part = part;
  }

  /** The part is complete. Its last row says so, and how long it took. */
  public void end(double seconds) {
    String time = String.format(Locale.ROOT, "%.0f s", seconds);
    rows.ifPresent(file -> file.add(List.of(part, "took", "", time, "", "", "")));
  }

  /** A table as Markdown has it, in columns that are as wide as they need to be. */
  public void table(List<String> heading, List<List<String>> rows) {
    List<Integer> widths =
        IntStream.range(0, heading.size())
            .mapToObj(
                column ->
                    Stream.concat(Stream.of(heading), rows.stream())
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
            .toList();
    out.println(row(heading, widths));
    out.println(row(widths.stream().map("-"::repeat).toList(), widths));
    rows.forEach(row -> out.println(row(row, widths)));
    out.println();
  }

  private static String row(List<String> cells, List<Integer> widths) {
    return IntStream.range(0, cells.size())
        .mapToObj(i -> String.format(Locale.ROOT, " %-" + widths.get(i) + "s ", cells.get(i)))
        .collect(Collectors.joining("|", "|", "|"));
  }

  public void value(String what, double value, String unit) {
    line(what, number(value, unit), "", "", "", Better.LESS);
  }

  /** A comparison in which less is better. */
  public void atMost(String what, double ours, double theirs, String unit, double goal) {
    compare(what, ours, theirs, unit, goal("<= " + goal, ours / theirs <= goal), Better.LESS);
  }

  /** A comparison in which less is better and so much more is allowed. */
  public void atMostMore(String what, double ours, double theirs, String unit, double more) {
    String goal = goal("<= other + " + number(more, unit), ours <= theirs + more);
    compare(what, ours, theirs, unit, goal, Better.LESS);
  }

  /** A value that is to stay below a limit. */
  public void atMostValue(String what, double value, String unit, double limit) {
    line(what, number(value, unit), "", "", limit(value, unit, limit), Better.LESS);
  }

  /** A value that is to stay below a limit, beside another that is only to compare with. */
  public void atMostValue(String what, double ours, double theirs, String unit, double limit) {
    compare(what, ours, theirs, unit, limit(ours, unit, limit), Better.LESS);
  }

  private static String limit(double value, String unit, double limit) {
    return goal("<= " + number(limit, unit), value <= limit);
  }

  /** A comparison in which more is better. */
  public void atLeast(String what, double ours, double theirs, String unit, double goal) {
    compare(what, ours, theirs, unit, goal(">= " + goal, ours / theirs >= goal), Better.MORE);
  }

  private void compare(
      String what, double ours, double theirs, String unit, String goal, Better better) {
    String ratio = String.format(Locale.ROOT, "%.2f", ours / theirs);
    line(what, number(ours, unit), number(theirs, unit), ratio, goal, better);
  }

  private static String goal(String goal, boolean met) {
    return goal + (met ? " met" : " missed");
  }

  /** The value in the form that all lines have. */
  public static String number(double value, String unit) {
    if (Double.isInfinite(value)) {
      return "never";
    }
    return String.format(Locale.ROOT, value < 100 ? "%.2f %s" : "%.0f %s", value, unit);
  }

  /** How many times as much it is. */
  public static String times(double ratio) {
    return String.format(Locale.ROOT, ratio < 10 ? "(x%.2f)" : "(x%.0f)", ratio);
  }

  private void line(
      String what, String ours, String theirs, String ratio, String goal, Better better) {
    if (!hasHeading) {
      hasHeading = true;
      print("", "gatehouse", "other", "ratio", "goal");
    }
    print(what, ours, theirs, ratio, goal);
    String side = better.name().toLowerCase(Locale.ROOT);
    rows.ifPresent(file -> file.add(List.of(part, what, side, ours, theirs, ratio, goal)));
  }

  private void print(String what, String ours, String theirs, String ratio, String goal) {
    out.println(
        String.format(Locale.ROOT, "%-44s %12s %12s %8s %s", what, ours, theirs, ratio, goal)
            .stripTrailing());
  }
}
