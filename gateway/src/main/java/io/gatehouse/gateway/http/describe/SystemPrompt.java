package io.gatehouse.gateway.http.describe;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of {@code /system}, which Open WebUI adds to the system message of a chat. */
final class SystemPrompt {

  private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*([a-zA-Z0-9_]+)\\s*}}");

  /** The account that is described if the request names no user. */
  private static final AccountView SOMEBODY = new AccountView("", "~", AccountView.SHELL);

  private static final String ADVICE =
      """
      Use your tools to work on this machine directly: run commands, read and write files, search. \
      Look at the present state before you change it, and read the output and the exit code to see \
      whether a command worked; no output is usually a good sign. Each command starts in a new \
      shell, so a cd does not last until the next one.\
      """;

  private final Machine machine;
  private final Optional<String> template;
  private final Optional<String> info;

  /**
   * @param machine the machine to describe
   * @param template the operator's own text with {@code {{variables}}}
   *     (OPEN_TERMINAL_SYSTEM_PROMPT); empty or blank for the default
   * @param info the last part of the default (OPEN_TERMINAL_INFO)
   */
  SystemPrompt(Machine machine, Optional<String> template, Optional<String> info) {
    this.machine = machine;
    this.template = template.filter(text -> !text.isBlank());
    this.info = info.filter(text -> !text.isBlank());
  }

  /** The prompt for an account, or in general words when the request names none. */
  String text(Optional<AccountView> account) {
    return template
        .map(text -> expand(text, account.orElse(SOMEBODY)))
        .orElseGet(() -> byDefault(account));
  }

  /**
   * Fills in the variables in one pass, so that the text of a value is never taken for a variable.
   */
  private String expand(String text, AccountView account) {
    Map<String, String> values =
        Map.of(
            "os", machine.system().os(),
            "kernel", machine.system().kernel(),
            "arch", machine.system().arch(),
            "hostname", machine.system().hostname(),
            "python_version", machine.software().pythonVersion().orElse(""),
            "user", account.name(),
            "shell", account.shell(),
            "home", account.home());
    return VARIABLE
        .matcher(text)
        .replaceAll(
            match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), match.group())));
  }

  private String byDefault(Optional<AccountView> account) {
    StringBuilder prompt = new StringBuilder();
    prompt.append("You have access to a computer: ").append(system()).append(".\n");
    prompt.append(account.map(SystemPrompt::login).orElseGet(SystemPrompt::anyLogin));
    if (!machine.software().tools().isEmpty()) {
      prompt
          .append("\nInstalled: ")
          .append(String.join(", ", machine.software().tools()))
          .append('.');
    }
    if (!machine.software().has("python")) {
      machine
          .software()
          .pythonVersion()
          .ifPresent(version -> prompt.append(" Python is ").append(version).append('.'));
    }
    if (!machine.software().pythonPackages().isEmpty()) {
      prompt
          .append("\nPython packages: ")
          .append(String.join(", ", machine.software().pythonPackages()))
          .append('.');
    }
    machine.software().howToInstall().ifPresent(how -> prompt.append('\n').append(how));
    prompt.append("\nThe time zone is ").append(machine.timeZone()).append('.');
    machine
        .mostProcesses()
        .ifPresent(
            most ->
                prompt
                    .append(" There can be at most ")
                    .append(most)
                    .append(" processes and threads at a time."));
    prompt.append("\n\n").append(ADVICE);
    info.ifPresent(text -> prompt.append("\n\n").append(text));
    return prompt.toString();
  }

  private String system() {
    String kernel =
        machine.system().os() + " " + machine.system().kernel() + ", " + machine.system().arch();
    return machine.system().distribution().map(name -> name + " (" + kernel + ")").orElse(kernel)
        + ", host "
        + machine.system().hostname();
  }

  private static String login(AccountView account) {
    return "You work as the Linux user "
        + account.name()
        + ", whose home is "
        + account.home()
        + " and whose shell is "
        + account.shell()
        + ". What this account may not do, you cannot do.";
  }

  private static String anyLogin() {
    return "You work in the Linux account of the person you talk to, with its home directory and"
        + " its rights.";
  }
}
