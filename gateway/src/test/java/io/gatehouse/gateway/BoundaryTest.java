package io.gatehouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.account.Boundary;
import io.gatehouse.gateway.isolation.Measure;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that the gateway and root's scripts have the same rules, by reading both. */
final class BoundaryTest {

  private static final Path REPOSITORY = repository();
  private static final Path SCRIPTS = REPOSITORY.resolve("sshd-config");
  private static final Pattern RULE = Pattern.compile("([a-z_]+)='([^']*)'");

  private static Path repository() {
    Path here = Path.of("").toAbsolutePath();
    // Maven runs tests in the module's folder.
    return Files.isDirectory(here.resolve("sshd-config")) ? here : here.resolve("..").normalize();
  }

  private static String script(String name) throws IOException {
    return Files.readString(SCRIPTS.resolve(name));
  }

  /** The rules of sshd-config/rules.sh, by name. */
  private static Map<String, String> rulesOfScripts() throws IOException {
    return Files.readAllLines(SCRIPTS.resolve("rules.sh")).stream()
        .map(RULE::matcher)
        .filter(Matcher::matches)
        .collect(
            Collectors.toMap(
                rule -> rule.group(1), rule -> rule.group(2), (a, b) -> b, TreeMap::new));
  }

  /**
   * The rules of the class Boundary, by the same names. The report and the variables have other
   * forms there.
   */
  private static Map<String, String> rulesOfGateway() throws IllegalAccessException {
    Map<String, String> rules = new TreeMap<>();
    for (Field field : Boundary.class.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
        rules.put(field.getName().toLowerCase(Locale.ROOT), String.valueOf(field.get(null)));
      }
    }
    return rules;
  }

  @Test
  void eachRuleThatBothSidesKnowIsTheSame() throws Exception {
    Map<String, String> scripts = rulesOfScripts();
    Map<String, String> gateway = rulesOfGateway();
    List<String> ofScriptsAlone =
        List.of(
            "account_network",
            "all_accounts",
            "group_name",
            "largest_weight",
            "nobody_uid",
            "open_resolver_address",
            "router_address",
            "smallest_weight");
    assertThat(scripts.keySet()).containsAll(ofScriptsAlone);
    scripts.keySet().removeAll(ofScriptsAlone);
    assertThat(scripts).isNotEmpty();
    assertThat(gateway).containsAllEntriesOf(scripts);
    gateway.keySet().removeAll(scripts.keySet());
    // Rules that scripts repeat in the place where they use them. The tests below look for them
    // there.
    assertThat(gateway.keySet())
        .containsExactlyInAnyOrder(
            "longest_account_name",
            "status_refused_by_pam",
            "environment_prefix",
            "report_mark",
            "report_started",
            "report_no_directory",
            "waiting");
  }

  @Test
  void theLongestNameIsTheLongestThatTheRuleTakes() {
    String longest = "a".repeat(Boundary.LONGEST_ACCOUNT_NAME);
    assertThat(new AccountName(longest).value()).matches(Boundary.ACCOUNT_NAME);
    assertThat(longest + "a").doesNotMatch(Boundary.ACCOUNT_NAME);
  }

  @Test
  void thePreludeReportsAsTheGatewayReads() throws IOException {
    String mark = "\\%03o".formatted((int) Boundary.REPORT_MARK);
    assertThat(script("command"))
        .contains("printf '" + mark + Boundary.REPORT_STARTED + " %d\\n' \"$$\"")
        .contains("printf '" + mark + Boundary.REPORT_NO_DIRECTORY + "\\n'");
  }

  @Test
  void sshdAndThePreludeTakeTheVariablesThatTheGatewaySends() throws IOException {
    assertThat(script("sshd_config"))
        .contains("\nAcceptEnv " + Boundary.ENVIRONMENT_PREFIX + "* SHLVL\n");
    assertThat(script("command")).contains("\"${!" + Boundary.ENVIRONMENT_PREFIX + "@}\"");
  }

  @Test
  void theProgramThatLooksForInputSaysTheWordThatTheGatewayReads() throws IOException {
    assertThat(script("waiting")).contains("echo " + Boundary.WAITING + "\n");
  }

  @Test
  void theProbeTriesEveryMeasure() throws IOException {
    String probe = script("probe");
    String table = probe.substring(probe.indexOf("my %measures = ("), probe.indexOf("\n);\n"));
    assertThat(
            Pattern.compile("^  '?([a-z-]+)'? => sub", Pattern.MULTILINE)
                .matcher(table)
                .results()
                .map(word -> word.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Measure.values()).map(Measure::word).toList());
  }

  @ParameterizedTest
  @EnumSource(Boundary.RuntimeFile.class)
  void prepareMakesTheFilesThatTheGatewayLooksFor(Boundary.RuntimeFile file) throws IOException {
    // It names the file, or a program among those that it copies there. The gateway itself writes
    // one
    // of them: prepare makes its folder, and takes an old one away.
    String path = file.in(Path.of("$runtime")).toString();
    String program = file.in(Path.of("")).toString();
    assertThat(script("prepare"))
        .containsPattern(
            "(?:" + Pattern.quote(path) + "|[ ]" + Pattern.quote(program) + ")(?![A-Za-z0-9_.-])");
  }

  @Test
  void netguardTellsAccountsByTheSameNumbersAndAddresses() throws Exception {
    Map<String, String> rules = rulesOfScripts();
    String netguard = Files.readString(REPOSITORY.resolve("netguard/rules.nft"));
    assertThat(netguard)
        .contains("meta skuid " + Boundary.SMALLEST_UID + "-" + Boundary.LARGEST_UID + " ")
        .contains("ip daddr " + rules.get("router_address") + " ")
        .contains("ip daddr " + rules.get("open_resolver_address") + " ")
        .contains("ip saddr " + rules.get("account_network") + ".0.0/16 ");
    assertThat(
            Pattern.compile("meta skuid (?:<|>=) ([0-9]+)")
                .matcher(netguard)
                .results()
                .map(number -> number.group(1)))
        .isNotEmpty()
        .containsOnly(String.valueOf(Boundary.SMALLEST_UID));
  }

  /** A copy of a rule would be forgotten when the rule changes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        Boundary.ACCOUNT_NAME,
        Boundary.UID_FORM,
        "(?<![0-9])(?:60000|60_000|65533)(?![0-9])",
        "(?:refuse|reject|exit|return \\() ?(?:64|65|70|73|75|77)\\b",
        "gatehouse-(?:caller|target)\"",
        "GATEHOUSE_ENV_\""
      })
  void noRuleIsWrittenTwice(String rule) throws IOException {
    Pattern copy =
        rule.equals(Boundary.ACCOUNT_NAME) || rule.equals(Boundary.UID_FORM)
            ? Pattern.compile(rule, Pattern.LITERAL)
            : Pattern.compile(rule);
    List<String> copies = new ArrayList<>();
    for (Path file : sources()) {
      copy.matcher(Files.readString(file))
          .results()
          .map(MatchResult::group)
          .map(found -> REPOSITORY.relativize(file) + ": " + found)
          .forEach(copies::add);
    }
    assertThat(copies).isEmpty();
  }

  /** All programs and scripts of Gatehouse, except the two files that hold the rules. */
  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    sources.add(REPOSITORY.resolve("netguard/netguard"));
    for (Path folder :
        List.of(
            SCRIPTS, REPOSITORY.resolve("scripts"), REPOSITORY.resolve("gateway/src/main/java"))) {
      try (Stream<Path> files = Files.walk(folder)) {
        files
            .filter(Files::isRegularFile)
            .filter(file -> !file.startsWith(SCRIPTS.resolve("test")))
            .filter(file -> !file.startsWith(REPOSITORY.resolve("scripts/test")))
            // Python puts what it compiles into this folder when a test imports a program.
            .filter(file -> !file.toString().contains("/__pycache__/"))
            .filter(file -> !file.endsWith("rules.sh") && !file.endsWith("Boundary.java"))
            // The exit statuses of a command line tool (users, fuzz/run) are its own.
            .filter(file -> !file.endsWith("users"))
            .forEach(sources::add);
      }
    }
    return sources;
  }
}
