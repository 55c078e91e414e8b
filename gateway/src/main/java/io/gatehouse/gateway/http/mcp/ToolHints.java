package io.gatehouse.gateway.http.mcp;

import io.gatehouse.gateway.http.describe.Operation;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.util.Set;

/** The hints that tell clients what a tool may do, so that they can ask a person before a call. */
final class ToolHints {

  /** The tools whose second call with the same arguments changes nothing more. */
  private static final Set<String> IDEMPOTENT = Set.of("write_file", "kill_process");

  /**
   * The tools that run or type text. They may reach all that the account may reach, also on the
   * Internet.
   */
  private static final Set<String> OPEN =
      Set.of("run_command", "send_process_input", "send_user_terminal_input");

  private ToolHints() {}

  /**
   * The hints for the tool of an operation. An operation without the method GET counts as
   * destructive, because it may overwrite or delete a file.
   */
  static ToolAnnotations of(Operation operation) {
    boolean reads = operation.method().equals("GET");
    return ToolAnnotations.builder()
        .title(operation.documentation().summary())
        .readOnlyHint(reads)
        .destructiveHint(!reads)
        .idempotentHint(reads || IDEMPOTENT.contains(operation.id()))
        .openWorldHint(OPEN.contains(operation.id()))
        .build();
  }
}
