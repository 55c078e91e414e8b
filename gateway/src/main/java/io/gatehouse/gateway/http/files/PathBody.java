package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathRule;

/** A body that names one path. */
public record PathBody(
    @Described("An absolute path, or one below the home directory.") String path) {

  public PathBody {
    PathRule.require("path", path);
  }
}
