package io.gatehouse.gateway.http.notebooks;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.InPath;

/** The parameters of the routes of an open notebook. */
public record NotebookQuery(
    @Described("The id that opening the notebook answered.") @InPath String id) {}
