package io.gatehouse.bench;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What was measured while one thing grew: a row for each size, a column for each measure. */
final class GrowthTable {

  /** A column of the table. */
  private record Column(String measure, String unit, String server) {

    String heading() {
      return (server.equals(OURS) ? "" : server + ", ") + measure + ", " + unit;
    }
  }

  private static final String OURS = "gatehouse";
  private static final String THEIRS = "Open Terminal";

  private final String topic;
  private final RowFile file;
  private final Set<Column> columns = new LinkedHashSet<>();
  private final Map<Long, Map<Column, String>> rows = new TreeMap<>();

  /**
   * @param topic what grows, in words for the head of the table
   * @param file gets each value as a row: topic, size, measure, unit, server, value
   */
  GrowthTable(String topic, RowFile file) {
    this.topic = topic;
    this.file = file;
  }

  /** Adds a value of Gatehouse's. */
  void add(long size, String measure, String unit, double value) {
    add(size, new Column(measure, unit, OURS), value);
  }

  /** Adds a value of Open Terminal's. */
  void addOther(long size, String measure, String unit, double value) {
    add(size, new Column(measure, unit, THEIRS), value);
  }

  private void add(long size, Column column, double value) {
    String number = String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    columns.add(column);
    rows.computeIfAbsent(size, unused -> new LinkedHashMap<>()).put(column, number);
  }

  /** Prints the table, and writes the file. A part that fails before leaves neither. */
  void print(Report report) {
    rows.forEach((size, values) -> values.forEach((column, number) -> write(size, column, number)));
    report.table(
        Stream.concat(Stream.of(topic), columns.stream().map(Column::heading)).toList(),
        rows.entrySet().stream().map(row -> cells(row.getKey(), row.getValue())).toList());
  }

  private void write(long size, Column column, String number) {
    file.add(
        List.of(
            topic, Long.toString(size), column.measure(), column.unit(), column.server(), number));
  }

  private List<String> cells(long size, Map<Column, String> values) {
    return Stream.concat(
            Stream.of(Long.toString(size)),
            columns.stream().map(column -> values.getOrDefault(column, "")))
        .toList();
  }
}
