package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.Secret;

/** The body of {@code apply_patch}. */
public record PatchBody(
    @Described("The whole patch, from '*** Begin Patch' to '*** End Patch'.") @Secret String patch,
    @Described("True only checks whether the patch fits, and changes nothing.") @Default("false")
        boolean dryRun) {}
