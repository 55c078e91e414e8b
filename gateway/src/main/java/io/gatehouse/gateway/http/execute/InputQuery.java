package io.gatehouse.gateway.http.execute;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.InPath;

/** The parameters of {@code send_process_input}. */
public record InputQuery(
    @Described("The id that run_command returned.") @InPath String processId) {}
