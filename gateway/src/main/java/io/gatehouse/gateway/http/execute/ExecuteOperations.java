package io.gatehouse.gateway.http.execute;

import io.gatehouse.gateway.http.describe.Operation;
import java.util.List;
import java.util.Optional;

/**
 * The operations of {@code /execute}, which are those of Open Terminal, with descriptions for
 * models.
 */
public final class ExecuteOperations {

  static final Operation LIST_PROCESSES =
      Operation.get("/execute", "list_processes")
          .summary("List commands")
          .description(
              """
              Lists the user's commands started with run_command that are running or ended a \
              short while ago: id, command line, status (running, done or killed) and exit code. \
              Use it to find an id again.\
              """)
          .answers(200, "A list of {id, command, status, exit_code, log_path}.")
          .build();

  static final Operation GET_PROCESS_STATUS =
      Operation.get("/execute/{process_id}/status", "get_process_status")
          .summary("Get the status and output of a command")
          .description(
              """
              Returns the status, exit code and output of a command started with run_command, up to a \
              few minutes after its end. To follow it, set wait and offset = next_offset of the \
              previous answer; offset 0 reads from the start again. truncated: output before the \
              first entry was left out or is no longer kept. waiting_for_input: the command waits until \
              something is typed; answer with send_process_input, or end it with kill_process.\
              """)
          .parameters(StatusQuery.class)
          .answers(200, "The same fields as in the answer of run_command.")
          .answers(404, "There is no such command.")
          .build();

  static final Operation SEND_PROCESS_INPUT =
      Operation.post("/execute/{process_id}/input", "send_process_input")
          .summary("Type into a running command")
          .description(
              """
              Types text into the terminal of a running command. Only your text is sent, so end a \
              line with a line break. Read the new output with get_process_status.\
              """)
          .parameters(InputQuery.class)
          .body(InputBody.class)
          .answers(200, "The text was typed: {status: ok}.")
          .answers(400, "The command has ended or takes no more input.")
          .answers(404, "There is no such command.")
          .build();

  static final Operation KILL_PROCESS =
      Operation.delete("/execute/{process_id}", "kill_process")
          .summary("Stop a running command")
          .description(
              """
              Stops a command and the processes it started. It is asked to end (TERM), and killed \
              after 5 seconds; with force at once. To interrupt a program as Ctrl-C would, send \
              \\x03 with send_process_input instead.\
              """)
          .parameters(KillQuery.class)
          .answers(200, "The signal was sent: {status: killed}.")
          .answers(404, "There is no such command.")
          .build();

  private static final String RUN_COMMAND_DESCRIPTION =
      """
      Runs a shell command in the user's Linux login, with that account's home and exactly its \
      rights. Returns its id, status, exit code and output.

      With wait, the answer comes when the command ends or the time is over; without it, at once. \
      Set wait for everything you want the result of; leave it out for servers. If status is still \
      "running": get_process_status with its id and offset = next_offset, send_process_input to \
      answer a prompt, or kill_process. With waiting_for_input: true, the command waits at a prompt \
      for ever.

      Each command gets a new shell and a terminal of 80 columns: a cd, a variable or an alias \
      does not last until the next command, so give cwd and env or join the steps with &&. Pagers, \
      editors and passwords are switched off: a program that needs an answer fails. Prefer \
      options that do not ask (such as -y).\
      """;

  private ExecuteOperations() {}

  /**
   * Starts a command.
   *
   * @param addition the text that the operator adds to the description
   *     (OPEN_TERMINAL_EXECUTE_DESCRIPTION)
   */
  public static Operation runCommand(Optional<String> addition) {
    return Operation.post("/execute", "run_command")
        .summary("Run a shell command")
        .description(
            addition
                .filter(text -> !text.isBlank())
                .map(text -> RUN_COMMAND_DESCRIPTION + "\n\n" + text)
                .orElse(RUN_COMMAND_DESCRIPTION))
        .parameters(RunCommandQuery.class)
        .body(RunCommandBody.class)
        .answers(
            200,
            "{id, command, status, exit_code, output: [{type, data}], truncated, next_offset,"
                + " log_path}; with waiting_for_input: true while it waits for input.")
        .answers(400, "The working directory does not exist; detail names it.")
        .answers(413, "The request is too large.")
        .answers(429, "Too many commands are running; detail names the limit.")
        .build();
  }

  /** All operations of this package, in the order of the OpenAPI document. */
  public static List<Operation> all(Optional<String> addition) {
    return List.of(
        LIST_PROCESSES, runCommand(addition), GET_PROCESS_STATUS, SEND_PROCESS_INPUT, KILL_PROCESS);
  }
}
