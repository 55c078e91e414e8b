package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathRule;

/** The body of a move. */
public record MoveBody(
    @Described("The file or directory to move.") String source,
    @Described("Its new path, which must be free.") String destination) {

  public MoveBody {
    PathRule.require("source", source);
    PathRule.require("destination", destination);
  }
}
