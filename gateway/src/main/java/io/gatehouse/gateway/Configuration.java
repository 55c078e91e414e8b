package io.gatehouse.gateway;

import io.gatehouse.gateway.account.AccountSettings;
import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.auth.AuthSettings;
import io.gatehouse.gateway.auth.BearerToken;
import io.gatehouse.gateway.auth.UserListSettings;
import io.gatehouse.gateway.exec.ExecutionLogs;
import io.gatehouse.gateway.exec.ExecutionSettings;
import io.gatehouse.gateway.http.HttpSettings;
import io.gatehouse.gateway.isolation.IsolationSettings;
import io.gatehouse.gateway.isolation.Measure;
import io.gatehouse.gateway.ssh.SshSettings;
import io.gatehouse.gateway.terminal.TerminalSettings;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every setting, read once from the environment. {@code docs/reference/settings.md} describes them,
 * and {@code SettingsDocumentTest} compares it with this class.
 *
 * @param documents the program that reads documents, which every account can read
 * @param userList how Open WebUI is asked for its users; empty where it is not
 * @param generatedKey the key that was made up because none was configured
 * @param workingDirectoryTimeToLive how long a chat's working directory is remembered unused
 * @param warnings what the operator should read at the start
 */
record Configuration(
    HttpSettings http,
    AuthSettings auth,
    AccountSettings accounts,
    SshSettings ssh,
    IsolationSettings isolation,
    ExecutionSettings executions,
    TerminalSettings terminals,
    Duration workingDirectoryTimeToLive,
    Path documents,
    Optional<UserListSettings> userList,
    Optional<BearerToken> generatedKey,
    List<String> warnings) {

  static final String PREFIX = "OPEN_TERMINAL_";
  private static final Path DEFAULT_STATE_DIRECTORY = Path.of("/home/.gatehouse");
  private static final Path HOMES = Path.of("/home");
  private static final Path DEFAULT_DOCUMENTS =
      Path.of("/usr/lib/gatehouse/program/documents/documents.jar");
  private static final Duration DEFAULT_WORKING_DIRECTORY_TTL = Duration.ofDays(7);
  private static final Duration LONGEST_RETENTION = Duration.ofDays(3650);

  /** Bytes: a body is kept in memory, where each user has a bound of their own besides. */
  private static final long LARGEST_BODY = 1_000_000_000;

  /** Bytes: the commands of one user that may run at a time each have a quarter of a megabyte. */
  private static final long SMALLEST_LOGS = 16_000_000;

  /** Twice as many as commands of one user may run at a time. */
  private static final long FEWEST_LOG_FILES = 128;

  /** The pseudo-terminals that Linux gives (kernel.pty.max). */
  private static final int MOST_TERMINALS = 4096;

  private static final Duration LONGEST_DETACHMENT = Duration.ofDays(7);

  private static final Duration LONGEST_RECHECK = Duration.ofDays(1);

  private static final int GENERATED_KEY_BYTES = 32;

  /**
   * Characters. Sixteen hexadecimal digits are 2^64 keys; at 100,000 tries a second, half of them
   * take three million years.
   */
  private static final int SHORTEST_SAFE_KEY = 16;

  Configuration {
    warnings = List.copyOf(warnings);
  }

  /**
   * @throws ConfigurationException if a value is wrong
   */
  static Configuration read(Map<String, String> variables) {
    Environment environment = new Environment(variables);
    Optional<BearerToken> key =
        environment
            .secret(PREFIX + "API_KEY")
            .flatMap(value -> key(environment, PREFIX + "API_KEY", value));
    Optional<URI> openWebUi =
        environment.uri(PREFIX + "OWUI_URL", AuthSettings.URL_RULE, AuthSettings::isUrl);
    boolean isolation = isolation(environment);
    Path state = environment.directory(PREFIX + "STATE_DIR").orElse(DEFAULT_STATE_DIRECTORY);
    HttpSettings http = http(environment);
    AccountSettings accounts = accounts(environment, state, isolation, openWebUi.isPresent());
    SshSettings ssh = ssh(environment);
    ExecutionSettings executions = executions(environment, state);
    TerminalSettings terminals = terminals(environment);
    Duration workingDirectoryTimeToLive =
        environment
            .seconds(PREFIX + "SESSION_CWD_TTL", LONGEST_RETENTION)
            .orElse(DEFAULT_WORKING_DIRECTORY_TTL);
    IsolationSettings isolationSettings = isolation(environment, ssh, isolation);
    Path documents = environment.directory("GATEHOUSE_DOCUMENTS").orElse(DEFAULT_DOCUMENTS);
    Optional<UserListSettings> userList = userList(environment, openWebUi.isPresent() && isolation);
    environment.requireNoProblems();

    Optional<BearerToken> generated =
        key.isEmpty() && openWebUi.isEmpty() ? Optional.of(generateKey()) : Optional.empty();
    return new Configuration(
        http,
        AuthSettings.of(key.or(() -> generated), openWebUi),
        accounts,
        ssh,
        isolationSettings,
        executions,
        terminals,
        workingDirectoryTimeToLive,
        documents,
        userList,
        generated,
        warnings(environment, http, key));
  }

  private static Optional<BearerToken> key(Environment environment, String name, String value) {
    if (!BearerToken.isValid(value)) {
      environment.problem(
          name
              + " must be 1 to "
              + BearerToken.LONGEST
              + " printable ASCII characters without blanks; it has "
              + value.length()
              + " characters");
      return Optional.empty();
    }
    return Optional.of(new BearerToken(value));
  }

  /** Accounts are disabled by Open WebUI's list of users only where each user has one. */
  private static Optional<UserListSettings> userList(Environment environment, boolean possible) {
    String name = "GATEHOUSE_OPENWEBUI_ADMIN_KEY";
    Optional<BearerToken> key =
        environment.secret(name).flatMap(value -> key(environment, name, value));
    Duration interval =
        environment
            .seconds("GATEHOUSE_OPENWEBUI_POLL", UserListSettings.LONGEST_INTERVAL)
            .orElse(UserListSettings.DEFAULT_INTERVAL);
    if (interval.compareTo(UserListSettings.SHORTEST_INTERVAL) < 0) {
      environment.problem(
          "GATEHOUSE_OPENWEBUI_POLL must be at least "
              + UserListSettings.SHORTEST_INTERVAL.toSeconds()
              + " seconds");
      return Optional.empty();
    }
    if (key.isPresent() && !possible) {
      environment.problem(
          name + " needs " + PREFIX + "OWUI_URL and " + PREFIX + "USER_ISOLATION=true");
    }
    return key.map(known -> new UserListSettings(known, interval));
  }

  private static boolean isolation(Environment environment) {
    Optional<Boolean> isolation = environment.flag(PREFIX + "USER_ISOLATION");
    Optional<Boolean> multiUser = environment.flag(PREFIX + "MULTI_USER");
    if (isolation.isPresent() && multiUser.isPresent() && !isolation.equals(multiUser)) {
      environment.problem(
          PREFIX
              + "MULTI_USER is another name of "
              + PREFIX
              + "USER_ISOLATION and says the opposite; set one of them");
    }
    return isolation.or(() -> multiUser).orElse(false);
  }

  private static HttpSettings http(Environment environment) {
    return new HttpSettings(
        environment.text(PREFIX + "HOST").orElse(HttpSettings.DEFAULT_HOST),
        (int) environment.number(PREFIX + "PORT", 0, 65_535, HttpSettings.DEFAULT_PORT),
        environment.list(
            PREFIX + "CORS_ALLOWED_ORIGINS", HttpSettings.DEFAULT_CORS_ALLOWED_ORIGINS),
        environment.text(PREFIX + "SYSTEM_PROMPT"),
        environment.flag(PREFIX + "ENABLE_SYSTEM_PROMPT").orElse(true),
        environment.text(PREFIX + "INFO"),
        environment.text(PREFIX + "EXECUTE_DESCRIPTION"),
        environment.text(PREFIX + "FILE_BROWSER_ROOT"),
        environment.number(
            PREFIX + "MAX_BODY_SIZE", 1000, LARGEST_BODY, HttpSettings.DEFAULT_LARGEST_BODY),
        environment.number(
            PREFIX + "MAX_UPLOAD_SIZE", 1, Long.MAX_VALUE, HttpSettings.DEFAULT_LARGEST_UPLOAD),
        environment.flag("GATEHOUSE_PREVIEW_SAME_ORIGIN").orElse(false));
  }

  private static AccountSettings accounts(
      Environment environment, Path state, boolean isolation, boolean sessionMode) {
    String prefix =
        environment
            .matching(
                PREFIX + "USER_PREFIX", AccountSettings.PREFIX_RULE, AccountSettings::isPrefix)
            .orElse("");
    Naming naming = environment.choice(PREFIX + "ACCOUNT_NAMES", Naming.class).orElse(Naming.AUTO);
    // A key brings no mail address: what names are made of is not to be decided on the volume by a
    // gateway that cannot make other ones.
    Naming possible = naming == Naming.AUTO && !sessionMode ? Naming.ID : naming;
    return new AccountSettings(state, HOMES, prefix, possible, isolation);
  }

  private static SshSettings ssh(Environment environment) {
    return SshSettings.of(
        (int) environment.number(PREFIX + "SSH_PORT", 1, 65_535, SshSettings.DEFAULT_PORT),
        environment.directory(PREFIX + "RUNTIME_DIR").orElse(SshSettings.DEFAULT_RUNTIME_DIRECTORY),
        environment
            .matching(
                PREFIX + "TERM",
                "the name of a terminal like xterm-256color",
                value -> value.matches("[A-Za-z0-9][A-Za-z0-9+._-]{0,63}"))
            .orElse(SshSettings.DEFAULT_TERMINAL_TYPE));
  }

  private static IsolationSettings isolation(
      Environment environment, SshSettings ssh, boolean isolation) {
    String name = PREFIX + "REQUIRE_ISOLATION";
    Set<Measure> required = EnumSet.noneOf(Measure.class);
    for (String word : environment.list(name, List.of())) {
      Measure.find(word)
          .ifPresentOrElse(
              required::add,
              () ->
                  environment.problem(
                      name
                          + " is a list of measures with commas between, and one of "
                          + word.length()
                          + " characters is none; there are "
                          + Measure.WORDS));
    }
    // Who says where users may go means it; netguard sees to it, from outside this container.
    if (environment.isSet(PREFIX + "ALLOWED_DOMAINS")) {
      required.add(Measure.EGRESS);
    }
    if (!required.isEmpty() && !isolation) {
      environment.problem(
          name + " and " + PREFIX + "ALLOWED_DOMAINS need " + PREFIX + "USER_ISOLATION=true");
    }
    return new IsolationSettings(ssh.probe(), ssh.port(), ssh.inForce(), required);
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

  private static BearerToken generateKey() {
    byte[] bytes = new byte[GENERATED_KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new BearerToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  private static List<String> warnings(
      Environment environment, HttpSettings http, Optional<BearerToken> key) {
    List<String> warnings = new ArrayList<>();
    if (key.filter(given -> given.value().length() < SHORTEST_SAFE_KEY).isPresent()) {
      warnings.add(
          PREFIX
              + "API_KEY has fewer than "
              + SHORTEST_SAFE_KEY
              + " characters: whoever guesses it is every user; make a longer one, for example with"
              + " openssl rand -hex 24");
    }
    List<String> ignored = environment.unasked(PREFIX);
    if (!ignored.isEmpty()) {
      warnings.add("Gatehouse does not honour: " + String.join(", ", ignored));
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
