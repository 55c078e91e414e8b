package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathRule;

/** A query that names one path. */
public record PathQuery(
    @Described("An absolute path, or one below the chat's working directory.") String path) {

  public PathQuery {
    PathRule.require("path", path);
  }
}
