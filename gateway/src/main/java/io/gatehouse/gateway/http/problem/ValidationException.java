package io.gatehouse.gateway.http.problem;

import java.util.List;

/** Refuses a request that does not fit its operation. The answer is a 422 with every problem. */
public final class ValidationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public ValidationException(List<Problem> problems) {
    // The message has only rules and places, because it may be logged and the values may be secret.
    super(
        String.join(
            ", ",
            problems.stream().map(problem -> problem.type() + " " + problem.location()).toList()));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
