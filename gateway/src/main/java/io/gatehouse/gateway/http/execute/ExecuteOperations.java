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
              Lists the commands started with run_command that are running or ended a short while \
              ago, each with id, command line, status (running, done or killed) and exit code, \
              without their output. Shows only the user's own commands. Use it to find an id again \
              or to see what is still running.\
              """)
          .answers(200, "A list of {id, command, status, exit_code, log_path}.")
          .build();

  static final Operation GET_PROCESS_STATUS =
      Operation.get("/execute/{process_id}/status", "get_process_status")
          .summary("Get the status and output of a command")
          .description(
              """
              Returns the status, exit code and output of a command started with run_command. \
              To follow a command, set wait to a few seconds and offset to next_offset of the \
              previous answer; each answer then has only the new output. Output is kept after \
              reading: offset 0 returns it from the start. If truncated is true, output before the \
              first returned entry was left out or is no longer kept. If waiting_for_input is \
              true, the command does nothing until something is typed: read its question, then \
              answer with send_process_input, or stop it with kill_process. The output of a \
              command that has ended is kept for a few minutes.\
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
              Types text into the terminal of a running command, to answer a prompt or to drive an \
              interactive program. Only your text is sent, so end a line with a line break. \
              Read the new output with get_process_status.\
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
              Stops a command and the processes it started, also in the background. The command is \
              asked to end (TERM), and killed if it has not ended after 5 seconds; with force it \
              is killed at once. To interrupt a program as Ctrl-C would, send \\x03 with \
              send_process_input instead.\
              """)
          .parameters(KillQuery.class)
          .answers(200, "The signal was sent: {status: killed}.")
          .answers(404, "There is no such command.")
          .build();

  private static final String RUN_COMMAND_DESCRIPTION =
      """
      Runs a shell command and returns its id, status, exit code and output. The command runs in \
      the Linux login of the user you work for: with that account's home directory and exactly \
      its rights.

      With wait, the answer comes when the command ends or the time is over; without it, at once. \
      If status is still "running", the command goes on in the background: call get_process_status \
      with its id and with offset set to next_offset, send_process_input to answer a prompt, or \
      kill_process to stop it. If the answer has waiting_for_input: true, the command has stopped \
      at a prompt and waits for ever: waiting longer is of no use. Set wait for everything you \
      want the result of; leave it out for servers and other commands that are meant to keep \
      running.

      Each command gets a new shell and a terminal (PTY) of 80 columns and 24 rows: a cd, a \
      variable or an alias does not last until the next command, so give cwd and env or join the \
      steps with &&. Standard output and errors arrive together, as a person would see them. \
      Pagers, editors and password prompts are switched off: a program that needs an answer fails \
      with a message. Prefer options that do not ask (such as -y).\
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
