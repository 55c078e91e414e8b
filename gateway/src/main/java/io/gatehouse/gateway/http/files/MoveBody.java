package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;

/** The body of a move. */
public record MoveBody(
    @Described("The file or directory to move.") @PathText String source,
    @Described("Its new path, which must be free.") @PathText String destination) {}
