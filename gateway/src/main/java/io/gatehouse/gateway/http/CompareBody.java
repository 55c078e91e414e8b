package io.gatehouse.gateway.http;

/** The body of a comparison. */
record CompareBody(
    @Described("The older file.") String original,
    @Described("The newer file.") String revised,
    @Described("Whether blanks do not count.") @Default("false") boolean ignoreWhitespace) {

  CompareBody {
    PathRule.require("original", original);
    PathRule.require("revised", revised);
  }
}
