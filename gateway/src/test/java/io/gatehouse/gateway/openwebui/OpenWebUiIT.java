package io.gatehouse.gateway.openwebui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Tests two users at the same time in the real Open WebUI, one for each mode of the connection. */
@Tag("image")
@Tag("alone")
@EnabledIfEnvironmentVariable(named = OpenWebUiServer.PROGRAM_VARIABLE, matches = ".+")
final class OpenWebUiIT {

  /**
   * The answers of 400 and above that Open WebUI may meet, each with the reason. Any other such
   * answer would disturb a person or a model.
   */
  private static final Map<String, String> RIGHT_ERRORS =
      Map.of(
          "401 GET /system .*", "Open WebUI asks without credentials when it loads the connection",
          "404 GET /files/read\\?path=\\S+/AGENTS\\.md .*", "it looks for a file that is not there",
          "415 GET /files/read\\?path=\\S+/blob\\.bin .*", "what is not text is not shown as text",
          "415 GET /files/view\\?path=\\S+\\.(docx|pptx)&preview=true .*",
              "no LibreOffice is here, so the page renders the file itself",
          "403 GET /files/list\\?directory=/(home/\\w+|root|tmp)/ .*",
              "the pane counts what is in each folder that it shows, also where nobody may look",
          "501 POST /notebooks .*", "no kernel is here; the page shows what to install");

  @TempDir static Path fixtures;

  private static Installation installation;
  private static final Map<String, Map<String, Walk.Result>> RESULTS = new LinkedHashMap<>();

  @BeforeAll
  static void walk() throws InterruptedException, ExecutionException {
    installation = Installation.start();
    Installation.makeFixtures(fixtures);
    try (ExecutorService people = Executors.newFixedThreadPool(2)) {
      Map<String, Future<Map<String, Walk.Result>>> walks = new LinkedHashMap<>();
      walks.put(
          Installation.SESSION,
          people.submit(() -> walk("alice", Installation.SESSION, Installation.SESSION_NAME)));
      walks.put(
          Installation.BEARER,
          people.submit(() -> walk("bob", Installation.BEARER, Installation.BEARER_NAME)));
      for (var each : walks.entrySet()) {
        RESULTS.put(each.getKey(), each.getValue().get());
      }
    }
    print();
  }

  private static Map<String, Walk.Result> walk(String user, String id, String connection) {
    OpenWebUiServer openWebUi = installation.openWebUi();
    try (Person person = Person.open(openWebUi, user)) {
      return new Walk(
              person,
              connection,
              OpenWebUiServer.address(id),
              openWebUi.home(id, user),
              fixtures,
              installation.model())
          .run();
    }
  }

  private static void print() {
    System.out.printf(
        "%nOpen WebUI %s, in Chromium%n%-60s %-16s %-16s%n",
        installation.openWebUi().version(), "action", "session", "bearer");
    Map<String, Walk.Result> bearer = Objects.requireNonNull(RESULTS.get(Installation.BEARER));
    Objects.requireNonNull(RESULTS.get(Installation.SESSION))
        .forEach(
            (action, session) ->
                System.out.printf(
                    "%-60s %-16s %-16s%n",
                    action, session, Objects.requireNonNull(bearer.get(action))));
    System.out.printf("answers on the wire: %d%n%n", installation.wire().count());
  }

  @AfterAll
  static void stop() {
    if (installation != null) {
      installation.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> doesEverythingInBothModes() {
    return RESULTS.entrySet().stream()
        .flatMap(
            mode ->
                mode.getValue().entrySet().stream()
                    .map(
                        action ->
                            DynamicTest.dynamicTest(
                                mode.getKey() + ": " + action.getKey(),
                                () -> assertThat(action.getValue().failure()).isEmpty())));
  }

  @Test
  void meetsNoErrorButTheRightOnes() {
    List<String> wrong =
        installation.wire().errors().stream()
            .map(Object::toString)
            .filter(error -> RIGHT_ERRORS.keySet().stream().noneMatch(error::matches))
            .distinct()
            .toList();
    assertThat(wrong).isEmpty();
  }

  @Test
  void leavesNoErrorInTheLogOfOpenWebUi() {
    assertThat(installation.openWebUi().log().lines())
        .noneMatch(line -> line.matches("(?i).*\\| ERROR .*terminal.*|.*Terminal proxy error.*"));
  }
}
