package io.gatehouse.gateway.http.execute;

import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.InPath;

/** The parameters of {@code kill_process}. */
public record KillQuery(
    @Described("The id that run_command returned.") @InPath String processId,
    @Described(
            "Send KILL, which cannot be ignored, instead of TERM. Use it when a first try did not"
                + " end the command.")
        @Default("false")
        boolean force) {}
