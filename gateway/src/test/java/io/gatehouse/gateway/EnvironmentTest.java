package io.gatehouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

final class EnvironmentTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"true,true", "True,true", "1,true", "yes,true", "false,false", "0,false", "NO,false"})
  void readsFlagsInEverySpelling(String text, boolean value) {
    assertThat(new Environment(Map.of("FLAG", text)).flag("FLAG")).hasValue(value);
  }

  @Test
  void takesAnEmptyVariableForOneThatIsNotSet() {
    Environment environment = new Environment(Map.of("FLAG", "", "NUMBER", " "));
    assertThat(environment.flag("FLAG")).isEmpty();
    assertThat(environment.number("NUMBER", 0, 9, 7)).isEqualTo(7);
    environment.requireNoProblems();
  }

  @Test
  void saysEveryProblemWithNameShapeAndRuleButNeverTheValue() {
    Environment environment =
        new Environment(
            Map.of(
                "FLAG", "perhaps",
                "NUMBER", "70000",
                "SECONDS", "-1",
                "URL", "hunter2",
                "DIRECTORY", "relative/hunter2"));
    environment.flag("FLAG");
    environment.number("NUMBER", 0, 65_535, 8000);
    environment.seconds("SECONDS", Duration.ofMinutes(5));
    environment.uri("URL", "an address", uri -> uri.getHost() != null);
    environment.directory("DIRECTORY");

    assertThatThrownBy(environment::requireNoProblems)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            """
            FLAG must be true or false; it has 7 letters
            NUMBER must be a whole number from 0 to 65535; it has 5 digits
            SECONDS must be a number of seconds from 0 to 300; it has 2 characters
            URL must be an address; it has 7 characters
            DIRECTORY must be an absolute path; it has 16 characters\
            """);
  }

  @Test
  void readsOnlyWhatIsAUriAndAllowed() {
    Environment environment = new Environment(Map.of("URL", "http://a b", "OTHER", "ftp://x"));
    assertThat(environment.uri("URL", "any", uri -> true)).isEmpty();
    assertThat(environment.uri("OTHER", "none", uri -> false)).isEmpty();
    assertThat(environment.uri("OTHER", "any", uri -> true)).contains(URI.create("ftp://x"));
  }

  @Test
  void readsFractionsOfSeconds() {
    assertThat(new Environment(Map.of("S", "0.25")).seconds("S", Duration.ofSeconds(1)))
        .hasValue(Duration.ofMillis(250));
  }

  @Test
  void readsASecretFromItsFile() throws IOException {
    Path file = Files.writeString(directory.resolve("key"), "hunter2\n");
    Environment environment = new Environment(Map.of("KEY_FILE", file.toString()));
    assertThat(environment.secret("KEY")).hasValue("hunter2");
  }

  @Test
  void refusesASecretThatIsGivenTwice() {
    Environment environment = new Environment(Map.of("KEY", "a", "KEY_FILE", "/b"));
    environment.secret("KEY");
    assertThatThrownBy(environment::requireNoProblems)
        .hasMessage("both KEY and KEY_FILE are set; set one of them");
  }

  @Test
  void refusesASecretFileThatIsMissingOrEmpty() throws IOException {
    Path empty = Files.createFile(directory.resolve("empty"));
    Environment environment =
        new Environment(Map.of("A_FILE", empty.toString(), "B_FILE", "/nowhere/at/all"));
    environment.secret("A");
    environment.secret("B");
    assertThatThrownBy(environment::requireNoProblems)
        .hasMessage(
            """
            A_FILE names an empty file; write the secret into it
            B_FILE names a file that the account of the gateway cannot read; check its path and \
            permissions\
            """);
  }

  @Test
  void knowsWhatNobodyAskedFor() {
    Environment environment = new Environment(Map.of("P_B", "1", "P_A", "1", "P_C", "1", "Q", "1"));
    environment.text("P_C");
    assertThat(environment.unasked("P_")).isEqualTo(List.of("P_A", "P_B"));
  }
}
