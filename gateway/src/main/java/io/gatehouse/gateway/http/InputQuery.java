package io.gatehouse.gateway.http;

/** The parameters of {@code send_process_input}. */
record InputQuery(@Described("The id that run_command answered.") @InPath String processId) {}
