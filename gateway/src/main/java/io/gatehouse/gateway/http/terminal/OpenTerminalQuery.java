package io.gatehouse.gateway.http.terminal;

import io.gatehouse.gateway.http.binding.Described;
import java.util.Optional;

/** The parameters of {@code POST /api/terminals}. */
public record OpenTerminalQuery(
    @Described("The id of a terminal to reconnect to, after its WebSocket was closed.")
        Optional<String> attach) {}
