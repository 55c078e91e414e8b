package io.gatehouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Compares docs/reference/settings.md with what the gateway and the scripts read. */
final class SettingsDocumentTest {

  private static final String PAGE = "docs/reference/settings.md";
  private static final Pattern CONFIGURATION =
      Pattern.compile("gateway/src/main/java/io/gatehouse/gateway/[A-Za-z]*Configuration\\.java");

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| (?:`([^`]*)`)? ?\\|");
  private static final Pattern NAME = Pattern.compile("(?:GATEHOUSE|OPEN_TERMINAL)_[A-Z_]*[A-Z]");
  private static final Pattern NAME_WITH_PREFIX = Pattern.compile("PREFIX\\s*\\+\\s*\"([A-Z_]+)\"");

  /** Files of tests and measurements, which have variables of their own that no admin sets. */
  private static final Pattern NOT_THE_PRODUCT =
      Pattern.compile(
          "(.*/test/.*|bench/.*|fuzz/.*|test|scripts/(openwebui|reference|vm-).*|.*\\.md|\\..*)");

  /** Variables with this prefix carry a request's {@code env} through sshd. No admin sets one. */
  private static final Pattern OF_A_REQUEST = Pattern.compile("GATEHOUSE_ENV(_.*)?");

  private static final Repository REPOSITORY = Repository.read();

  /** These settings, with an account for each user, make all other settings have an effect. */
  private static final Map<String, String> ALL_MODES =
      Map.of(
          "OPEN_TERMINAL_OWUI_URL",
          "http://open-webui:8080",
          "OPEN_TERMINAL_USER_ISOLATION",
          "true",
          "GATEHOUSE_OPENWEBUI_ADMIN_KEY",
          "sk-0123456789abcdef");

  private static final Map<String, String> ONE_ACCOUNT =
      Map.of("OPEN_TERMINAL_OWUI_URL", "http://open-webui:8080");

  /** The default of each setting on the page; empty if it has none. */
  private static Map<String, Optional<String>> page() {
    Map<String, Optional<String>> defaults = new TreeMap<>();
    Matcher rows = ROW.matcher(REPOSITORY.text(PAGE));
    while (rows.find()) {
      defaults.put(rows.group(1), Optional.ofNullable(rows.group(2)));
    }
    return defaults;
  }

  private static Set<String> readByTheGateway() {
    String source =
        REPOSITORY.all().entrySet().stream()
            .filter(file -> CONFIGURATION.matcher(file.getKey()).matches())
            .map(Map.Entry::getValue)
            .collect(Collectors.joining());
    Set<String> names = names(source);
    Matcher matcher = NAME_WITH_PREFIX.matcher(source);
    while (matcher.find()) {
      names.add("OPEN_TERMINAL_" + matcher.group(1));
    }
    return names;
  }

  private static Set<String> names(String text) {
    return NAME.matcher(text)
        .results()
        .map(found -> found.group())
        .filter(name -> !OF_A_REQUEST.matcher(name).matches())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, String> product() {
    Map<String, String> files = new TreeMap<>(REPOSITORY.all());
    files.keySet().removeIf(file -> NOT_THE_PRODUCT.matcher(file).matches());
    return files;
  }

  @Test
  void namesWhatTheProgramReadsAndNothingElse() {
    Set<String> read = readByTheGateway();
    product().values().forEach(text -> read.addAll(names(text)));

    assertThat(page().keySet()).isEqualTo(read);
  }

  @Test
  void hasTheDefaultsOfTheGateway() {
    Map<String, String> defaults = withDefault();
    defaults.keySet().retainAll(readByTheGateway());

    assertThat(defaults).hasSizeGreaterThan(20);
    assertThat(defaults).allSatisfy(SettingsDocumentTest::assertDefault);
  }

  /** Setting the default makes no difference. Setting another value makes one, or is refused. */
  private static void assertDefault(String name, String value) {
    Map<String, String> others =
        Set.of("OPEN_TERMINAL_USER_ISOLATION", "OPEN_TERMINAL_MULTI_USER").contains(name)
            ? ONE_ACCOUNT
            : ALL_MODES;
    Optional<Configuration> unset = read(others);
    String changed = value.equals("true") ? "false" : value.equals("false") ? "true" : value + "1";

    assertThat(unset).isPresent();
    assertThat(read(with(others, name, value)).equals(unset)).as("%s=%s", name, value).isTrue();
    assertThat(read(with(others, name, changed)).equals(unset))
        .as("%s has an effect", name)
        .isFalse();
  }

  private static Map<String, String> with(Map<String, String> others, String name, String value) {
    Map<String, String> variables = new HashMap<>(others);
    variables.put(name, value);
    return variables;
  }

  /** Empty if a value is refused. */
  private static Optional<Configuration> read(Map<String, String> variables) {
    try {
      return Optional.of(Configuration.read(variables));
    } catch (ConfigurationException e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> withDefault() {
    Map<String, String> defaults = new TreeMap<>();
    page().forEach((name, value) -> value.ifPresent(known -> defaults.put(name, known)));
    return defaults;
  }

  @Test
  void hasTheDefaultsOfTheScripts() {
    String scripts = String.join("\n", scripts()).replace("$etc/", "/etc/gatehouse/");
    Map<String, String> defaults = withDefault();
    defaults.keySet().removeAll(readByTheGateway());

    assertThat(defaults).hasSizeGreaterThan(10);
    assertThat(defaults)
        .allSatisfy((name, value) -> assertThat(scripts).containsPattern(reading(name, value)));
  }

  /** A line that reads the variable and has this default behind its name. */
  private static Pattern reading(String name, String value) {
    return Pattern.compile(
        "\\b" + name + "\\b.{0,80}?(?<![A-Za-z0-9])" + Pattern.quote(value) + "(?![A-Za-z0-9])");
  }

  private static List<String> scripts() {
    List<String> scripts = new ArrayList<>();
    product()
        .forEach(
            (path, text) -> {
              if (!path.endsWith(".java")) {
                scripts.add(text);
              }
            });
    return scripts;
  }

  @Test
  void aWrongDefaultOfAScriptWouldBeSeen() {
    String line = "most_files=${GATEHOUSE_LIMIT_FILES:-4096}";

    assertThat(line).containsPattern(reading("GATEHOUSE_LIMIT_FILES", "4096"));
    assertThat(line).doesNotContainPattern(reading("GATEHOUSE_LIMIT_FILES", "409"));
    assertThat(line).doesNotContainPattern(reading("GATEHOUSE_LIMIT_FILE", "4096"));
  }
}
