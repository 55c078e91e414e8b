package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathRule;

/** The body of a comparison. */
public record CompareBody(
    @Described("The older file.") String original,
    @Described("The newer file.") String revised,
    @Described("Whether to ignore differences in blanks.") @Default("false")
        boolean ignoreWhitespace) {

  public CompareBody {
    PathRule.require("original", original);
    PathRule.require("revised", revised);
  }
}
