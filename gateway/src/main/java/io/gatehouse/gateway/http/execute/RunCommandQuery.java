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
            "Seconds to wait for the command to end, 0 to 300. The answer comes as soon as it ends,"
                + " with its output; if it is still running then, the answer has the output so far."
                + " Leave it out to get the id at once.")
        @Range(min = 0, max = 300)
        @Named("wait")
        OptionalDouble waitSeconds,
    @Described(
            "Return only the last N output entries. Use it when only the end of a long output"
                + " matters.")
        @Range(min = 1)
        OptionalInt tail,
    @Described(
            "True: output as a person sees it, with only the last version of an overwritten line,"
                + " no colours and no cursor movement. False: the bytes that the program wrote.")
        Optional<Boolean> plain) {}
