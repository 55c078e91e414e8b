package io.gatehouse.gateway;

import io.gatehouse.gateway.exec.ExecutionLogs;
import io.gatehouse.gateway.exec.ExecutionSettings;
import io.gatehouse.gateway.http.FileSettings;
import io.gatehouse.gateway.http.HttpSettings;
import io.gatehouse.gateway.http.describe.ServiceSettings;
import io.gatehouse.gateway.terminal.TerminalSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every setting, read once from the environment. {@code docs/reference/settings.md} describes the
 * settings, and {@code SettingsDocumentTest} compares that page with this class.
 *
 * @param access the callers that the gateway knows
 * @param logins the accounts, and the logins to them
 * @param workingDirectoryTimeToLive how long a chat's working directory is remembered after its
 *     last use
 * @param warnings what the operator should read at the start
 */
record Configuration(
    HttpSettings http,
    AccessConfiguration access,
    LoginConfiguration logins,
    ExecutionSettings executions,
    TerminalSettings terminals,
    Duration workingDirectoryTimeToLive,
    List<String> warnings) {

  static final String PREFIX = "OPEN_TERMINAL_";
  private static final Path DEFAULT_STATE_DIRECTORY = Path.of("/home/.gatehouse");
  private static final Duration DEFAULT_WORKING_DIRECTORY_TTL = Duration.ofDays(7);
  private static final Duration LONGEST_RETENTION = Duration.ofDays(3650);

  /**
   * The largest value of MAX_BODY_SIZE, in bytes. A body is kept in memory, where {@code
   * MemoryBudget} bounds what each user may have.
   */
  private static final long LARGEST_BODY = 1_000_000_000;

  /**
   * The smallest value of the bounds on the size of logs, in bytes: a quarter of a megabyte for
   * each of the 64 commands that one user may run at a time.
   */
  private static final long SMALLEST_LOGS = 16_000_000;

  /**
   * The smallest value of the bounds on the number of log files: two for each of the 64 commands
   * that one user may run at a time.
   */
  private static final long FEWEST_LOG_FILES = 128;

  /** The number of pseudo-terminals that Linux gives at most (kernel.pty.max). */
  private static final int MOST_TERMINALS = 4096;

  private static final Duration LONGEST_DETACHMENT = Duration.ofDays(7);

  private static final Duration LONGEST_RECHECK = Duration.ofDays(1);

  Configuration {
    warnings = List.copyOf(warnings);
  }

  /**
   * @throws ConfigurationException if a value is wrong
   */
  static Configuration read(Map<String, String> variables) {
    Environment environment = new Environment(variables);
    boolean isolation = isolation(environment);
    AccessConfiguration access = AccessConfiguration.read(environment, isolation);
    Path state = environment.directory(PREFIX + "STATE_DIR").orElse(DEFAULT_STATE_DIRECTORY);
    LoginConfiguration logins =
        LoginConfiguration.read(
            environment, state, isolation, access.auth().openWebUiUrl().isPresent());
    HttpSettings http = http(environment, logins.ssh().runtimeDirectory());
    ExecutionSettings executions = executions(environment, state);
    TerminalSettings terminals = terminals(environment);
    Duration workingDirectoryTimeToLive =
        environment
            .seconds(PREFIX + "SESSION_CWD_TTL", LONGEST_RETENTION)
            .orElse(DEFAULT_WORKING_DIRECTORY_TTL);
    environment.requireNoProblems();
    return new Configuration(
        http,
        access,
        logins,
        executions,
        terminals,
        workingDirectoryTimeToLive,
        warnings(environment, http, access));
  }

  private static boolean isolation(Environment environment) {
    Optional<Boolean> isolation = environment.flag(PREFIX + "USER_ISOLATION");
    Optional<Boolean> multiUser = environment.flag(PREFIX + "MULTI_USER");
    if (isolation.isPresent() && multiUser.isPresent() && !isolation.equals(multiUser)) {
      environment.problem(
          PREFIX
              + "MULTI_USER is another name of "
              + PREFIX
              + "USER_ISOLATION but has the opposite value; set only one of them");
    }
    return isolation.or(() -> multiUser).orElse(false);
  }

  private static HttpSettings http(Environment environment, Path runtimeDirectory) {
    return new HttpSettings(
        environment.text(PREFIX + "HOST").orElse(HttpSettings.DEFAULT_HOST),
        (int) environment.number(PREFIX + "PORT", 0, 65_535, HttpSettings.DEFAULT_PORT),
        environment.list(
            PREFIX + "CORS_ALLOWED_ORIGINS", HttpSettings.DEFAULT_CORS_ALLOWED_ORIGINS),
        environment.number(
            PREFIX + "MAX_BODY_SIZE", 1000, LARGEST_BODY, HttpSettings.DEFAULT_LARGEST_BODY),
        new ServiceSettings(
            environment.text(PREFIX + "SYSTEM_PROMPT"),
            environment.flag(PREFIX + "ENABLE_SYSTEM_PROMPT").orElse(true),
            environment.text(PREFIX + "INFO"),
            environment.text(PREFIX + "EXECUTE_DESCRIPTION"),
            environment.flag("GATEHOUSE_EXTRA_TOOLS").orElse(true)),
        new FileSettings(
            environment.text(PREFIX + "FILE_BROWSER_ROOT"),
            environment.number(
                PREFIX + "MAX_UPLOAD_SIZE", 1, Long.MAX_VALUE, FileSettings.DEFAULT_LARGEST_UPLOAD),
            environment.list(PREFIX + "BINARY_MIME_PREFIXES", FileSettings.DEFAULT_BINARY_TYPES),
            environment.flag("GATEHOUSE_PREVIEW_SAME_ORIGIN").orElse(false)),
        runtimeDirectory);
  }

  private static ExecutionSettings executions(Environment environment, Path state) {
    return new ExecutionSettings(
        environment.directory(PREFIX + "LOG_DIR").orElse(state.resolve("logs")),
        logLimits(environment),
        environment.seconds(PREFIX + "EXECUTE_TIMEOUT", ExecutionSettings.LONGEST_WAIT),
        environment.flag("GATEHOUSE_PLAIN_OUTPUT").orElse(true));
  }

  private static ExecutionLogs.Limits logLimits(Environment environment) {
    return new ExecutionLogs.Limits(
        environment.number(
            PREFIX + "MAX_LOG_SIZE",
            ExecutionLogs.SMALLEST_MAX_SIZE,
            Long.MAX_VALUE,
            ExecutionSettings.DEFAULT_LARGEST_LOG),
        environment.number(
            PREFIX + "MAX_LOG_SIZE_USER",
            SMALLEST_LOGS,
            Long.MAX_VALUE,
            ExecutionSettings.DEFAULT_LARGEST_OF_ACCOUNT),
        environment.number(
            PREFIX + "MAX_LOG_SIZE_TOTAL",
            SMALLEST_LOGS,
            Long.MAX_VALUE,
            ExecutionSettings.DEFAULT_LARGEST_OF_ALL),
        environment.number(
            PREFIX + "MAX_LOG_FILES_USER",
            FEWEST_LOG_FILES,
            Integer.MAX_VALUE,
            ExecutionSettings.DEFAULT_MOST_FILES_OF_ACCOUNT),
        environment.number(
            PREFIX + "MAX_LOG_FILES_TOTAL",
            FEWEST_LOG_FILES,
            Integer.MAX_VALUE,
            ExecutionSettings.DEFAULT_MOST_FILES),
        environment
            .seconds(PREFIX + "LOG_RETENTION", LONGEST_RETENTION)
            .orElse(ExecutionSettings.DEFAULT_LOG_RETENTION));
  }

  private static TerminalSettings terminals(Environment environment) {
    return new TerminalSettings(
        environment.flag(PREFIX + "ENABLE_TERMINAL").orElse(true),
        (int)
            environment.number(
                PREFIX + "MAX_SESSIONS", 1, MOST_TERMINALS, TerminalSettings.DEFAULT_MOST_OF_USER),
        (int)
            environment.number(
                PREFIX + "MAX_SESSIONS_TOTAL", 1, MOST_TERMINALS, TerminalSettings.DEFAULT_MOST),
        environment
            .seconds(PREFIX + "DETACH_TTL", LONGEST_DETACHMENT)
            .orElse(TerminalSettings.DEFAULT_DETACH_TIME_TO_LIVE),
        environment
            .seconds(PREFIX + "TOKEN_RECHECK", LONGEST_RECHECK)
            .orElse(TerminalSettings.DEFAULT_RECHECK));
  }

  private static List<String> warnings(
      Environment environment, HttpSettings http, AccessConfiguration access) {
    List<String> warnings = new ArrayList<>();
    access.warning().ifPresent(warnings::add);
    List<String> ignored = environment.unasked(PREFIX);
    if (!ignored.isEmpty()) {
      warnings.add(
          "Gatehouse has no such settings and ignores them: " + String.join(", ", ignored));
    }
    if (http.corsAllowedOrigins().contains("*")) {
      warnings.add(
          PREFIX
              + "CORS_ALLOWED_ORIGINS is *: any web page may call this server from a browser"
              + " that knows a key; name the origin of your Open WebUI instead");
    }
    return warnings;
  }
}
