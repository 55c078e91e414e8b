package io.gatehouse.gateway.http;

/** A body that names one path. */
record PathBody(@Described("An absolute path, or one below the home directory.") String path) {

  PathBody {
    PathRule.require("path", path);
  }
}
