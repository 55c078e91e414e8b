package io.gatehouse.gateway.http;

/** The parameters of {@code kill_process}. */
record KillQuery(
    @Described("The id that run_command answered.") @InPath String processId,
    @Described(
            "Send KILL, which cannot be ignored, instead of TERM. Use it when a first try did not"
                + " end the command.")
        @Default("false")
        boolean force) {}
