package io.gatehouse.gateway.http.execute;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.Named;
import io.gatehouse.gateway.http.binding.Range;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The parameters of {@code run_command}. */
public record RunCommandQuery(
    @Described(
            "Seconds to wait for the command to end, 0 to 300. Leave it out to get the id at once.")
        @Range(min = 0, max = 300)
        @Named("wait")
        OptionalDouble waitSeconds,
    @Described("Return only the last N output entries.") @Range(min = 1) OptionalInt tail,
    @Described(
            "True: output as a person sees it. False: the bytes, with colours and cursor movement.")
        Optional<Boolean> plain) {}
