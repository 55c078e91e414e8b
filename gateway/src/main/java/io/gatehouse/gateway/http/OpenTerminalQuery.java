package io.gatehouse.gateway.http;

import java.util.Optional;

/** The parameters of {@code POST /api/terminals}. */
record OpenTerminalQuery(
    @Described("The id of a terminal whose socket dropped, to get it back.")
        Optional<String> attach) {}
