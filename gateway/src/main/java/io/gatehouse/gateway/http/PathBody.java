package io.gatehouse.gateway.http;

import io.gatehouse.gateway.session.CommandLine;

/** A body that names one path. */
record PathBody(@Described("An absolute path, or one below the home directory.") String path) {

  PathBody {
    CommandLine.problemOfDirectory(path)
        .ifPresent(
            problem -> {
              throw new InvalidFieldException("path", problem);
            });
  }
}
