package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.GatehouseImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * Runs everyday tasks of models in the image over HTTP. In {@code full}, all of them work; in
 * {@code slim}, each works or the user reads which tool is missing.
 */
@Tag("image")
@Tag("full")
final class EverydayTasksImageIT {

  private static final String VOLUME = "gatehouse-tasks-it-" + UUID.randomUUID();
  private static final Path TASKS = Path.of("src/test/resources/tasks");

  /** The result of each task, for the table at the end. */
  private static final Map<String, String> RESULTS = new TreeMap<>();

  private static GenericContainer<?> container;
  private static Client user;
  private static boolean registries;

  @BeforeAll
  static void start() {
    container =
        GatehouseImage.start(
            VOLUME,
            Map.of("OPEN_TERMINAL_API_KEY", "k", "OPEN_TERMINAL_USER_ISOLATION", "true"),
            GatehouseImage::trustWhomThisMachineTrusts);
    user = GatehouseImage.client(container, "k").user("everyday");
    registries =
        user.run("curl -sf -m 20 -o /dev/null https://pypi.org/simple/six/").exitCode() == 0;
  }

  @AfterAll
  static void stop() {
    if (container != null) {
      container.stop();
      GatehouseImage.removeVolume(VOLUME);
    }
    System.out.println("| task | " + (GatehouseImage.IS_FULL ? "full" : "slim") + " |\n|---|---|");
    RESULTS.forEach((task, result) -> System.out.println("| " + task + " | " + result + " |"));
  }

  @TestFactory
  Stream<DynamicTest> works() {
    List<EverydayTask> tasks = EverydayTask.all(TASKS);
    assertThat(tasks).hasSizeGreaterThanOrEqualTo(40);
    return tasks.stream().map(task -> dynamicTest(task.name(), () -> works(task)));
  }

  private static void works(EverydayTask task) {
    String title = task.name().substring(0, 2) + " " + task.title();
    Optional<String> sentence = sentence(task);
    if (sentence.isEmpty() && task.network() && !registries) {
      RESULTS.put(title, "not tried: no registry can be reached");
      abort("no registry can be reached");
    }
    RESULTS.put(title, "does not work");
    if (sentence.isEmpty()) {
      task.run(user);
      RESULTS.put(title, "works");
      return;
    }
    RESULTS.put(title, sentence.get());
  }

  /** The sentence of slim, for a task that needs the full image. */
  private static Optional<String> sentence(EverydayTask task) {
    if (GatehouseImage.IS_FULL || task.slim().isEmpty() || (task.network() && !registries)) {
      return Optional.empty();
    }
    try {
      task.run(user);
    } catch (EverydayTask.Failed failure) {
      String output = String.valueOf(failure.getMessage());
      assertThat(output).containsPattern(task.slim().get());
      return output
          .lines()
          .filter(line -> task.slim().get().matcher(line).find())
          .reduce((first, last) -> last);
    }
    throw new AssertionError(task.name() + " works in slim, and says that it does not");
  }
}
