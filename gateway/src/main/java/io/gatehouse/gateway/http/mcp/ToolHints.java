package io.gatehouse.gateway.http.mcp;

import io.gatehouse.gateway.http.describe.Operation;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.util.Set;

/** What clients are told of a tool's effects, so that they can ask a person before a call. */
final class ToolHints {

  /** The tools whose second call with the same arguments changes nothing more. */
  private static final Set<String> IDEMPOTENT = Set.of("write_file", "kill_process");

  /** What is run or typed may reach whatever the account may reach, the Internet too. */
  private static final Set<String> OPEN =
      Set.of("run_command", "send_process_input", "send_user_terminal_input");

  private ToolHints() {}

  /** Whatever is not asked for by GET counts as destructive: a file may be lost by it. */
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
