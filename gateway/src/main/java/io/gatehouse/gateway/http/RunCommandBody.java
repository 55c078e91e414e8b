package io.gatehouse.gateway.http;

import java.util.Map;
import java.util.Optional;

/** The body of {@code run_command}. */
record RunCommandBody(
    @Described(
            "The command line for the user's shell: one command or a whole script, with pipes,"
                + " redirections, && and ||, here-documents and line breaks.")
        String command,
    @Described(
            "The directory to run in. It must exist. Left out, it is the chat's working directory,"
                + " or else the user's home.")
        Optional<String> cwd,
    @Described(
            "Environment variables to add for this command, names and values. Secrets belong here"
                + " and not in the command.")
        @Secret
        Optional<Map<String, String>> env) {

  RunCommandBody {
    requireNoNul("command", command);
    // Models fill in what they do not need; no directory has an empty name.
    cwd = cwd.filter(path -> !path.isEmpty());
    cwd.ifPresent(path -> requireNoNul("cwd", path));
    env.ifPresent(RunCommandBody::requireVariables);
  }

  private static void requireVariables(Map<String, String> variables) {
    variables.forEach(
        (name, value) -> {
          if (name.isEmpty() || name.indexOf('=') >= 0) {
            throw new InvalidFieldException(
                "env", "has a variable whose name is empty or contains =");
          }
          requireNoNul("env", name);
          requireNoNul("env", value);
        });
  }

  /** A program's arguments and environment end at a NUL: what follows it would be lost. */
  private static void requireNoNul(String component, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new InvalidFieldException(component, "must not contain a NUL character");
    }
  }

  /** Names no value: a command line or an environment may hold a secret. */
  @Override
  public String toString() {
    return "RunCommandBody[" + command.length() + " characters]";
  }
}
