package io.gatehouse.gateway.http.terminal;

import io.gatehouse.gateway.http.describe.Operation;
import java.util.List;

/** The operations by which a model reads the user's own shell and types into it. */
public final class TerminalOperations {

  static final Operation READ_USER_TERMINAL =
      Operation.get("/api/terminals/user/output", "read_user_terminal")
          .summary("Read the user's terminal")
          .description(
              """
              Returns the newest lines of the user's open shell as plain text, at most 64 KiB: \
              what the user sees, and the lines above it. While a full-screen program such as vim \
              or htop runs, returns that program's screen. Read the terminal before you type, \
              because a program may be running in it. Does not open a shell.\
              """)
          .parameters(ReadTerminalQuery.class)
          .answers(200, "{output}.")
          .answers(404, "The user has no shell open in this chat.")
          .build();

  static final Operation SEND_USER_TERMINAL_INPUT =
      Operation.post("/api/terminals/user/input", "send_user_terminal_input")
          .summary("Type into the user's terminal")
          .description(
              """
              Types text, exactly as given, into the user's open shell or the program that runs in \
              it, and does not wait for the result. End a command with a line break. Read the \
              terminal first with read_user_terminal. Does not open a shell.\
              """)
          .body(TerminalInputBody.class)
          .answers(200, "The text was typed: {status: ok}.")
          .answers(404, "The user has no shell open in this chat.")
          .answers(409, "The shell has ended.")
          .build();

  public static final List<Operation> ALL = List.of(READ_USER_TERMINAL, SEND_USER_TERMINAL_INPUT);

  private TerminalOperations() {}
}
