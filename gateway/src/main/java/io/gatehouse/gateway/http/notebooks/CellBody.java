package io.gatehouse.gateway.http.notebooks;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.Named;
import io.gatehouse.gateway.http.binding.Secret;
import java.util.Optional;

/** The body that runs a cell. */
public record CellBody(
    @Described("The number of the cell; the first is 0.") @Named("cell_index") int cellIndex,
    @Described("What replaces the cell's text.") @Secret Optional<String> source) {

  /** Shows no text, because code may hold a secret. */
  @Override
  public String toString() {
    return "CellBody[" + cellIndex + "]";
  }
}
