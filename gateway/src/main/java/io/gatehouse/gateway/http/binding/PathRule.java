package io.gatehouse.gateway.http.binding;

import io.gatehouse.gateway.session.CommandLine;

/** The rule for every path in a request. */
public final class PathRule {

  private PathRule() {}

  /** Refuses the component of a request record that cannot be a path. */
  public static void require(String component, String path) {
    CommandLine.problemOfDirectory(path)
        .ifPresent(
            problem -> {
              throw new InvalidFieldException(component, problem);
            });
  }
}
