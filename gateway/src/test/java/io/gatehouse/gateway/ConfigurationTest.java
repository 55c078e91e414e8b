package io.gatehouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.exec.ExecutionLogs;
import io.gatehouse.gateway.isolation.Measure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigurationTest {

  private static final String KEY = "hunter2hunter2hunter2";

  @TempDir Path directory;

  private static Configuration withKey(Map<String, String> more) {
    Map<String, String> variables = new java.util.HashMap<>(more);
    variables.putIfAbsent("OPEN_TERMINAL_API_KEY", KEY);
    return Configuration.read(variables);
  }

  @Test
  void hasTheDefaultsThatTheDocumentsTell() {
    Configuration configuration = Configuration.read(Map.of());

    assertThat(configuration.http().host()).isEqualTo("0.0.0.0");
    assertThat(configuration.http().port()).isEqualTo(8000);
    assertThat(configuration.http().corsAllowedOrigins()).containsExactly("*");
    assertThat(configuration.http().service().offersSystemPrompt()).isTrue();
    assertThat(configuration.http().service().systemPrompt()).isEmpty();
    assertThat(configuration.http().service().info()).isEmpty();
    assertThat(configuration.http().largestBody()).isEqualTo(10_000_000);
    assertThat(configuration.http().files().largestUpload()).isEqualTo(2_000_000_000);
    assertThat(configuration.http().files().browserRoot()).isEmpty();
    assertThat(configuration.http().files().pagesKeepOrigin()).isFalse();
    assertThat(configuration.access().auth().openWebUiUrl()).isEmpty();
    assertThat(configuration.logins().accounts().isolation()).isFalse();
    assertThat(configuration.logins().accounts().naming()).isEqualTo(Naming.ID);
    assertThat(configuration.logins().accounts().prefix()).isEmpty();
    assertThat(configuration.logins().accounts().homes()).isEqualTo(Path.of("/home"));
    assertThat(configuration.logins().accounts().stateDirectory())
        .isEqualTo(Path.of("/home/.gatehouse"));
    assertThat(configuration.logins().ssh().port()).isEqualTo(2022);
    assertThat(configuration.logins().ssh().terminalType()).isEqualTo("xterm-256color");
    assertThat(configuration.executions().logDirectory())
        .isEqualTo(Path.of("/home/.gatehouse/logs"));
    assertThat(configuration.executions().logLimits())
        .isEqualTo(
            new ExecutionLogs.Limits(
                50_000_000, 250_000_000, 2_000_000_000, 2000, 20_000, Duration.ofMinutes(5)));
    assertThat(configuration.executions().defaultWait()).isEmpty();
    assertThat(configuration.workingDirectoryTimeToLive()).isEqualTo(Duration.ofDays(7));
  }

  @Test
  void asksForTheListOfUsersWhereItCanBeUsed() throws IOException {
    Path file = Files.writeString(directory.resolve("admin-key"), "sk-of-an-admin\n");
    Map<String, String> complete =
        Map.of(
            "OPEN_TERMINAL_OWUI_URL",
            "http://open-webui:8080",
            "OPEN_TERMINAL_USER_ISOLATION",
            "true",
            "GATEHOUSE_OPENWEBUI_ADMIN_KEY_FILE",
            file.toString());
    assertThat(withKey(complete).access().userList().orElseThrow().interval())
        .isEqualTo(Duration.ofMinutes(5));
    assertThat(withKey(complete).access().userList().orElseThrow().key().value())
        .isEqualTo("sk-of-an-admin");
    assertThat(withKey(complete).toString()).doesNotContain("sk-of-an-admin");
    assertThat(withKey(Map.of()).access().userList()).isEmpty();
    for (String missing : List.of("OPEN_TERMINAL_OWUI_URL", "OPEN_TERMINAL_USER_ISOLATION")) {
      Map<String, String> some = new java.util.HashMap<>(complete);
      some.remove(missing);
      assertThatThrownBy(() -> withKey(some))
          .hasMessageContaining(
              "GATEHOUSE_OPENWEBUI_ADMIN_KEY needs OPEN_TERMINAL_OWUI_URL and"
                  + " OPEN_TERMINAL_USER_ISOLATION=true");
    }
    assertThatThrownBy(() -> withKey(Map.of("GATEHOUSE_OPENWEBUI_POLL", "9")))
        .hasMessageContaining("GATEHOUSE_OPENWEBUI_POLL must be at least 10 seconds");
  }

  @Test
  void makesUpAKeyWhereNobodyCouldGetInOtherwise() {
    Configuration first = Configuration.read(Map.of());
    Configuration second = Configuration.read(Map.of());

    assertThat(first.access().generatedKey()).isPresent().isEqualTo(first.access().auth().apiKey());
    assertThat(first.access().generatedKey().orElseThrow().value()).hasSizeGreaterThanOrEqualTo(43);
    assertThat(first.access().generatedKey().orElseThrow().value())
        .isNotEqualTo(second.access().generatedKey().orElseThrow().value());
    assertThat(withKey(Map.of()).access().generatedKey()).isEmpty();
    Configuration sessionMode =
        Configuration.read(Map.of("OPEN_TERMINAL_OWUI_URL", "http://open-webui:8080"));
    assertThat(sessionMode.access().generatedKey()).isEmpty();
    assertThat(sessionMode.access().auth().apiKey()).isEmpty();
    assertThat(sessionMode.access().auth().openWebUiUrl())
        .contains(URI.create("http://open-webui:8080"));
  }

  @Test
  void showsNoKeyInItsText() {
    assertThat(withKey(Map.of()).toString()).doesNotContain(KEY);
    Configuration generated = Configuration.read(Map.of());
    assertThat(generated.toString())
        .doesNotContain(generated.access().generatedKey().orElseThrow().value());
  }

  @Test
  void readsTheKeyFromAFileToo() throws IOException {
    Path file = Files.writeString(directory.resolve("key"), KEY + "\n");
    Configuration configuration =
        Configuration.read(Map.of("OPEN_TERMINAL_API_KEY_FILE", file.toString()));
    assertThat(configuration.access().auth().apiKey().orElseThrow().value()).isEqualTo(KEY);

    assertThatThrownBy(() -> withKey(Map.of("OPEN_TERMINAL_API_KEY_FILE", file.toString())))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "both OPEN_TERMINAL_API_KEY and OPEN_TERMINAL_API_KEY_FILE are set; set one of them");
  }

  @ParameterizedTest
  @CsvSource({
    "true,,true",
    ",true,true",
    "true,true,true",
    "false,,false",
    ",false,false",
    "false,false,false",
    ",,false"
  })
  void knowsIsolationByBothItsNames(String isolation, String multiUser, boolean expected) {
    assertThat(withKey(isolation(isolation, multiUser)).logins().accounts().isolation())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"true,false", "false,true"})
  void refusesIsolationThatContradictsItself(String isolation, String multiUser) {
    assertThatThrownBy(() -> withKey(isolation(isolation, multiUser)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("OPEN_TERMINAL_MULTI_USER")
        .hasMessageContaining("OPEN_TERMINAL_USER_ISOLATION");
  }

  private static Map<String, String> isolation(String isolation, String multiUser) {
    return Map.of(
        "OPEN_TERMINAL_USER_ISOLATION",
        isolation == null ? "" : isolation,
        "OPEN_TERMINAL_MULTI_USER",
        multiUser == null ? "" : multiUser);
  }

  /** Name, a wrong value that could be a secret, and what the message must say is allowed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OPEN_TERMINAL_API_KEY | sec ret | printable ASCII characters without blanks",
        "OPEN_TERMINAL_OWUI_URL | ftp://secret | http",
        "OPEN_TERMINAL_PORT | secret | a whole number from 0 to 65535",
        "OPEN_TERMINAL_PORT | 65536 | a whole number from 0 to 65535",
        "OPEN_TERMINAL_SSH_PORT | 0 | a whole number from 1 to 65535",
        "OPEN_TERMINAL_MAX_BODY_SIZE | secret | a whole number from 1000 to 1000000000",
        "OPEN_TERMINAL_MAX_UPLOAD_SIZE | 0 | a whole number from 1",
        "OPEN_TERMINAL_STATE_DIR | secret | an absolute path",
        "OPEN_TERMINAL_LOG_DIR | secret | an absolute path",
        "OPEN_TERMINAL_MAX_LOG_SIZE | 1000 | a whole number from 262144",
        "OPEN_TERMINAL_MAX_LOG_SIZE_USER | 1000 | a whole number from 16000000",
        "OPEN_TERMINAL_MAX_LOG_SIZE_TOTAL | 1000 | a whole number from 16000000",
        "OPEN_TERMINAL_MAX_LOG_FILES_USER | 1 | a whole number from 128",
        "OPEN_TERMINAL_MAX_LOG_FILES_TOTAL | 1 | a whole number from 128",
        "OPEN_TERMINAL_LOG_RETENTION | secret | a number of seconds",
        "OPEN_TERMINAL_EXECUTE_TIMEOUT | 301 | a number of seconds from 0 to 300",
        "OPEN_TERMINAL_MAX_SESSIONS | 0 | a whole number from 1 to 4096",
        "OPEN_TERMINAL_MAX_SESSIONS_TOTAL | many | a whole number from 1 to 4096",
        "OPEN_TERMINAL_DETACH_TTL | 604801 | a number of seconds from 0 to 604800",
        "OPEN_TERMINAL_TOKEN_RECHECK | -1 | a number of seconds from 0 to 86400",
        "OPEN_TERMINAL_EXECUTE_TIMEOUT | -1 | a number of seconds from 0 to 300",
        "OPEN_TERMINAL_SESSION_CWD_TTL | secret | a number of seconds",
        "OPEN_TERMINAL_USER_ISOLATION | secret | true or false",
        "OPEN_TERMINAL_MULTI_USER | secret | true or false",
        "OPEN_TERMINAL_ENABLE_SYSTEM_PROMPT | secret | true or false",
        "OPEN_TERMINAL_ENABLE_TERMINAL | secret | true or false",
        "OPEN_TERMINAL_USER_PREFIX | Secret! | beginning with a letter",
        "OPEN_TERMINAL_USER_PREFIX | systemd-secret | not systemd-",
        "OPEN_TERMINAL_ACCOUNT_NAMES | secret | id or email or auto",
        "OPEN_TERMINAL_TERM | secret; rm | the name of a terminal type",
      })
  void stopsAtABadValueAndSaysWhatIsAllowedButNotTheValue(
      String name, String value, String allowed) {
    assertThatThrownBy(() -> Configuration.read(Map.of(name, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(name + " must be ")
        .hasMessageContaining(allowed)
        .hasMessageContaining("it has " + value.length() + " ")
        .message()
        .doesNotContainIgnoringCase("secret")
        .doesNotContain("sec ret");
  }

  @Test
  void takesMeasuresThatMustNotBeMissing() {
    Map<String, String> variables =
        Map.of(
            "OPEN_TERMINAL_API_KEY",
            "k",
            "OPEN_TERMINAL_USER_ISOLATION",
            "true",
            "OPEN_TERMINAL_REQUIRE_ISOLATION",
            "homes, shared-folders",
            "OPEN_TERMINAL_ALLOWED_DOMAINS",
            "");
    Configuration configuration = Configuration.read(variables);
    assertThat(configuration.logins().isolation().required())
        .as("who sets domains, even none, means it")
        .containsExactlyInAnyOrder(Measure.HOMES, Measure.SHARED_FOLDERS, Measure.EGRESS);
    assertThat(configuration.warnings()).noneMatch(warning -> warning.contains("no such settings"));
  }

  @Test
  void refusesMeasuresThatThereAreNotAndThatCannotBe() {
    assertThatThrownBy(
            () ->
                Configuration.read(
                    Map.of(
                        "OPEN_TERMINAL_API_KEY",
                        "k",
                        "OPEN_TERMINAL_REQUIRE_ISOLATION",
                        "homes,walls")))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            wrong ->
                assertThat(wrong.problems())
                    .hasSize(2)
                    .anySatisfy(problem -> assertThat(problem).contains("5 characters", "homes, "))
                    .anySatisfy(
                        problem ->
                            assertThat(problem).contains("OPEN_TERMINAL_USER_ISOLATION=true")));
  }

  @Test
  void namesAllBadValuesAtOnce() {
    assertThatThrownBy(
            () ->
                Configuration.read(
                    Map.of("OPEN_TERMINAL_PORT", "x", "OPEN_TERMINAL_SSH_PORT", "x")))
        .hasMessageContaining("OPEN_TERMINAL_PORT must")
        .hasMessageContaining("OPEN_TERMINAL_SSH_PORT must");
  }

  @Test
  void namesWhatItDoesNotHonourInOneLine() {
    Configuration configuration =
        withKey(
            Map.of(
                "OPEN_TERMINAL_CORS_ALLOWED_ORIGINS", "https://chat.example",
                "OPEN_TERMINAL_SOMETHING_NEW", "secret",
                "UNRELATED", "x"));
    assertThat(configuration.warnings())
        .containsExactly(
            "Gatehouse has no such settings and ignores them: OPEN_TERMINAL_SOMETHING_NEW");
  }

  /** The image's entry point honours and forgets them; ./run does neither. */
  @Test
  void namesListsOfPackagesThatNobodyHasInstalled() {
    Configuration configuration =
        withKey(
            Map.of(
                "OPEN_TERMINAL_CORS_ALLOWED_ORIGINS", "https://chat.example",
                "OPEN_TERMINAL_PIP_PACKAGES", "https://user:hunter2@host/x.whl"));
    assertThat(configuration.warnings())
        .containsExactly(
            "Gatehouse has no such settings and ignores them: OPEN_TERMINAL_PIP_PACKAGES");
  }

  @Test
  void warnsOfAKeyThatCanBeGuessedAndDoesNotShowIt() {
    Map<String, String> variables =
        Map.of(
            "OPEN_TERMINAL_CORS_ALLOWED_ORIGINS", "https://chat.example",
            "OPEN_TERMINAL_API_KEY", "s3cr3t");
    assertThat(Configuration.read(variables).warnings())
        .singleElement()
        .asString()
        .startsWith("OPEN_TERMINAL_API_KEY has fewer than 16 characters")
        .doesNotContain("s3cr3t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "https://chat.example,*", ""})
  void warnsOfAnyOriginBeingAllowed(String origins) {
    assertThat(withKey(Map.of("OPEN_TERMINAL_CORS_ALLOWED_ORIGINS", origins)).warnings())
        .singleElement()
        .asString()
        .startsWith("OPEN_TERMINAL_CORS_ALLOWED_ORIGINS is *");
  }

  @Test
  void leavesNamesToTheVolumeWhereMailAddressesArrive() {
    Map<String, String> sessionMode = Map.of("OPEN_TERMINAL_OWUI_URL", "http://open-webui:8080");
    assertThat(Configuration.read(sessionMode).logins().accounts().naming()).isEqualTo(Naming.AUTO);
    assertThat(withKey(sessionMode).logins().accounts().naming()).isEqualTo(Naming.AUTO);
    assertThat(withKey(Map.of()).logins().accounts().naming()).isEqualTo(Naming.ID);
    assertThat(withKey(Map.of("OPEN_TERMINAL_ACCOUNT_NAMES", "auto")).logins().accounts().naming())
        .isEqualTo(Naming.ID);
  }

  @Test
  void takesOriginsAndSecondsAsTheyAreWritten() {
    Configuration configuration =
        withKey(
            Map.of(
                "OPEN_TERMINAL_CORS_ALLOWED_ORIGINS", "https://a.example, https://b.example",
                "OPEN_TERMINAL_EXECUTE_TIMEOUT", "2.5",
                "OPEN_TERMINAL_ACCOUNT_NAMES", "Email"));
    assertThat(configuration.http().corsAllowedOrigins())
        .isEqualTo(List.of("https://a.example", "https://b.example"));
    assertThat(configuration.executions().defaultWait()).contains(Duration.ofMillis(2500));
    assertThat(configuration.logins().accounts().naming()).isEqualTo(Naming.EMAIL);
    assertThat(configuration.warnings()).isEmpty();
  }
}
