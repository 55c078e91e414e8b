package io.gatehouse.gateway.http.execute;

import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.InPath;
import io.gatehouse.gateway.http.binding.Named;
import io.gatehouse.gateway.http.binding.Range;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The parameters of {@code get_process_status}. */
public record StatusQuery(
    @Described("The id that run_command returned.") @InPath String processId,
    @Described(
            "Seconds to wait for the command to end, 0 to 300. The answer comes as soon as it"
                + " ends. Leave it out to look without waiting.")
        @Range(min = 0, max = 300)
        @Named("wait")
        OptionalDouble waitSeconds,
    @Described(
            "How many output entries to skip. Send next_offset of the previous answer to get only"
                + " what is new.")
        @Range(min = 0)
        @Default("0")
        long offset,
    @Described(
            "Return only the last N output entries. Use it when only the end of a long output"
                + " matters.")
        @Range(min = 1)
        OptionalInt tail,
    @Described(
            "True: output as a person sees it, with only the last version of an overwritten line,"
                + " no colours and no cursor movement. False: the bytes that the program wrote."
                + " Default: true, unless wait is 0.")
        Optional<Boolean> plain) {}
