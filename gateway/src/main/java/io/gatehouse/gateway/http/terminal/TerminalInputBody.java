package io.gatehouse.gateway.http.terminal;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.Secret;

/** The body of {@code send_user_terminal_input}. */
public record TerminalInputBody(
    @Described("The text to type, exactly as given. A line break submits a line.") @Secret
        String input) {

  /** Shows no value, because the text may be a password. */
  @Override
  public String toString() {
    return "TerminalInputBody[" + input.length() + " characters]";
  }
}
