package io.gatehouse.gateway.http;

/** The body of a move. */
record MoveBody(
    @Described("What to move.") String source,
    @Described("Its new path, which must be free.") String destination) {

  MoveBody {
    PathRule.require("source", source);
    PathRule.require("destination", destination);
  }
}
