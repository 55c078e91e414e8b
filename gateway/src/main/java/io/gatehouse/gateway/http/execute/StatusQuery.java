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
    @Described("Seconds to wait for the command to end, 0 to 300. Leave it out to look only.")
        @Range(min = 0, max = 300)
        @Named("wait")
        OptionalDouble waitSeconds,
    @Described("How many output entries to skip: next_offset of the previous answer.")
        @Range(min = 0)
        @Default("0")
        long offset,
    @Described("Return only the last N output entries.") @Range(min = 1) OptionalInt tail,
    @Described("As in run_command. Default: true, unless wait is 0.") Optional<Boolean> plain) {}
