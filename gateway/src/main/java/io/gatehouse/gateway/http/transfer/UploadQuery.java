package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;

/** The parameters of an upload. */
public record UploadQuery(
    @Described("The directory to put the file into.") @PathText String directory) {}
