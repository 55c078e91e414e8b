package io.gatehouse.gateway.http.execute;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.Secret;

/** The body of {@code send_process_input}. */
public record InputBody(
    @Described(
            "The text to type. End a line with \\n; control keys are written as escapes, such as"
                + " \\x03 for Ctrl-C and \\x04 for Ctrl-D (end of input).")
        @Secret
        String input) {

  /** Shows no value, because the text may be a password. */
  @Override
  public String toString() {
    return "InputBody[" + input.length() + " characters]";
  }
}
