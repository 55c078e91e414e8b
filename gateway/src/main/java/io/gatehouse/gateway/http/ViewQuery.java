package io.gatehouse.gateway.http;

/** The parameters of a file's raw view. */
record ViewQuery(
    @Described("The file to view.") String path,
    @Described("Whether to answer with a rendering as PDF.") @Default("false") boolean preview) {

  ViewQuery {
    PathRule.require("path", path);
  }
}
