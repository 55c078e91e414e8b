package io.gatehouse.gateway.http.terminal;

import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;

/** The parameters of {@code read_user_terminal}. */
public record ReadTerminalQuery(
    @Described(
            "False: the lines as a person reads them, nearly always what you want. True: the bytes,"
                + " with colours and cursor movement.")
        @Default("false")
        boolean raw) {}
