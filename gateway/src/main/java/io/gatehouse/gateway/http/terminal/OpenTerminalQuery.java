package io.gatehouse.gateway.http.terminal;

import io.gatehouse.gateway.http.binding.Described;
import java.util.Optional;

/** The parameters of {@code POST /api/terminals}. */
public record OpenTerminalQuery(
    @Described("The id of a terminal whose socket dropped, to get it back.")
        Optional<String> attach) {}
