package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;
import io.gatehouse.gateway.http.binding.Range;
import java.util.OptionalInt;

/** The parameters of {@code read_file}. */
public record ReadQuery(
    @Described("The file to read: an absolute path, or one below the chat's working directory.")
        @PathText
        String path,
    @Described("The first line to return, counted from 1. Default: the first line of the file.")
        @Range(min = 1)
        OptionalInt startLine,
    @Described("The last line to return. Default: the last line of the file.") @Range(min = 1)
        OptionalInt endLine) {}
