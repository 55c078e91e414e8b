package io.gatehouse.gateway.http.terminal;

import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;

/** The parameters of {@code read_user_terminal}. */
public record ReadTerminalQuery(
    @Described(
            "False gives the lines as a person reads them, which is nearly always what you want."
                + " True gives the bytes as the program wrote them, with control sequences for"
                + " colours and cursor movement.")
        @Default("false")
        boolean raw) {}
