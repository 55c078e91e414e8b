package io.gatehouse.gateway.http.execute;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.InvalidFieldException;
import io.gatehouse.gateway.http.binding.Secret;
import io.gatehouse.gateway.session.CommandLine;
import java.util.Map;
import java.util.Optional;

/** The body of {@code run_command}. */
public record RunCommandBody(
    @Described("The text for the user's shell: one command or a whole script.") String command,
    @Described("The directory to run in. Default: the chat's working directory, or else the home.")
        Optional<String> cwd,
    @Described("Environment variables to add. Put secrets here and not into the command.") @Secret
        Optional<Map<String, String>> env) {

  public RunCommandBody {
    requireNone("command", CommandLine.problemOfText(command));
    // Models may send an empty text for a directory that they do not need.
    cwd = cwd.filter(path -> !path.isEmpty());
    requireNone("cwd", cwd.flatMap(CommandLine::problemOfDirectory));
    requireNone("env", env.flatMap(CommandLine::problemOfEnvironment));
  }

  private static void requireNone(String component, Optional<String> problem) {
    problem.ifPresent(
        text -> {
          throw new InvalidFieldException(component, text);
        });
  }

  /** Shows no value, because a command line or an environment may hold a secret. */
  @Override
  public String toString() {
    return "RunCommandBody[" + command.length() + " characters]";
  }
}
