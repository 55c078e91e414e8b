package io.gatehouse.gateway.http;

/** A query that names one path. */
record PathQuery(
    @Described("An absolute path, or one below the chat's working directory.") String path) {

  PathQuery {
    PathRule.require("path", path);
  }
}
