package io.gatehouse.gateway.http;

/** The parameters of a file that is served as a page. */
record ServeQuery(
    @Described("The file's absolute path, without its first slash.") @InPath String path) {

  ServeQuery {
    PathRule.require("path", "/" + path);
  }

  String absolutePath() {
    return "/" + path;
  }
}
