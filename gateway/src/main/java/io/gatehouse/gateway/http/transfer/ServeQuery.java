package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.InPath;
import io.gatehouse.gateway.http.binding.InvalidFieldException;
import io.gatehouse.gateway.session.CommandLine;

/** The parameters of a file that is served as a page. */
public record ServeQuery(
    @Described("The file's absolute path, without its first slash.") @InPath String path) {

  public ServeQuery {
    // PathText would check the text without the slash, which the bound counts.
    CommandLine.problemOfDirectory("/" + path)
        .ifPresent(
            problem -> {
              throw new InvalidFieldException("path", problem);
            });
  }

  String absolutePath() {
    return "/" + path;
  }
}
