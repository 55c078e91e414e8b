package io.gatehouse.gateway.it;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A table of actions and versions with how often each went right, to print after the tests. */
final class ActionTable {

  private final List<String> versions;
  private final Map<String, Map<String, Integer>> right = new LinkedHashMap<>();

  ActionTable(List<String> versions) {
    this.versions = List.copyOf(versions);
  }

  void right(String action, String version) {
    right.computeIfAbsent(action, unused -> new LinkedHashMap<>()).merge(version, 1, Integer::sum);
  }

  @Override
  public String toString() {
    StringBuilder table = new StringBuilder("%-64s".formatted("went right"));
    versions.forEach(version -> table.append("%8s".formatted(version)));
    right.forEach(
        (action, counts) -> {
          table.append("%n%-64s".formatted(action));
          versions.forEach(
              version ->
                  table.append(
                      "%8s".formatted(Objects.requireNonNullElse(counts.get(version), 0))));
        });
    return table.toString();
  }
}
