package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** A table of attacks in SECURITY.md: its header, a line, and a row for each attack. */
record AttackTable(List<String> header, List<List<String>> rows) {

  /** Reads the table whose first line begins so. */
  static AttackTable beginningWith(String beginning) {
    try {
      List<List<String>> lines =
          Files.readAllLines(Path.of("../SECURITY.md")).stream()
              .dropWhile(line -> !line.startsWith(beginning))
              .takeWhile(line -> line.startsWith("|"))
              .map(line -> Stream.of(line.substring(1).split("\\|")).map(String::strip).toList())
              .toList();
      return new AttackTable(lines.getFirst(), lines.subList(2, lines.size()));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  List<String> names() {
    return rows.stream().map(List::getFirst).toList();
  }

  /** Requires a row for each of these attacks, which promises that it fails on every tier. */
  void requireIsolated(List<String> attacks) {
    assertThat(header.subList(1, header.size()))
        .isEqualTo(Tier.ALL.stream().map(Tier::column).toList());
    assertThat(names()).isEqualTo(attacks);
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(row.subList(1, row.size()))
                    .isEqualTo(Collections.nCopies(Tier.ALL.size(), "isolated")));
  }
}
