package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A task that people ask a model for, as the sequence of HTTP calls that the model makes.
 *
 * <p>A file has the title in its first line and then steps, each a line that begins with {@code @}
 * and perhaps lines of text: {@code @write PATH}, {@code @read PATH}, {@code @run} and {@code
 * @start} with a command, {@code @wait SECONDS} until the started one ends, {@code @input TEXT} for
 * it, {@code @kill}, and {@code @see REGEX} for what the last step has shown. {@code @slim REGEX}
 * says what a user of the slim image reads where the task needs the other one, and {@code @network}
 * that the task needs registries.
 *
 * @param name the file's name without its ending
 * @param title the description of the task
 * @param slim the pattern of the sentence by which slim tells that a tool is missing, if it is
 * @param network whether packages are fetched
 * @param steps in their order
 */
record EverydayTask(
    String name, String title, Optional<Pattern> slim, boolean network, List<Step> steps) {

  /** Seconds that one command may take. */
  private static final int LIMIT = 240;

  /** One call. */
  record Step(String kind, String argument, String text) {}

  /** A command whose exit code is not zero, with what it printed. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed(String output) {
      super(output);
    }
  }

  static List<EverydayTask> all(Path folder) {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".task"))
          .sorted()
          .map(EverydayTask::read)
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static EverydayTask read(Path file) {
    List<Step> steps = new ArrayList<>();
    Optional<Pattern> slim = Optional.empty();
    boolean network = false;
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    for (int at = 1; at < lines.size(); at++) {
      String[] words = lines.get(at).split(" ", 2);
      String argument = words.length > 1 ? words[1] : "";
      StringBuilder text = new StringBuilder();
      while (at + 1 < lines.size() && !lines.get(at + 1).startsWith("@")) {
        at++;
        text.append(lines.get(at)).append('\n');
      }
      switch (words[0]) {
        case "@slim" -> slim = Optional.of(Pattern.compile(argument));
        case "@network" -> network = true;
        case "@write", "@read", "@run", "@start", "@wait", "@input", "@kill", "@see" ->
            steps.add(new Step(words[0], argument, text.toString()));
        default -> throw new IllegalArgumentException(file + ": " + lines.get(at));
      }
    }
    String fileName = file.getFileName().toString();
    return new EverydayTask(
        fileName.substring(0, fileName.lastIndexOf('.')),
        lines.get(0).substring(2),
        slim,
        network,
        steps);
  }

  /**
   * Does it.
   *
   * @throws Failed when a command fails
   */
  void run(Client user) {
    Client chat = user.chat(name);
    // The task's own folder, in which every step of the chat begins.
    assertThat(chat.post("/files/mkdir", Map.of("path", "tasks/" + name)).status()).isEqualTo(200);
    assertThat(chat.post("/files/cwd", Map.of("path", "tasks/" + name)).status()).isEqualTo(200);
    String shown = "";
    String started = "";
    for (Step step : steps) {
      switch (step.kind()) {
        case "@write" -> {
          Answer written =
              chat.post("/files/write", Map.of("path", step.argument(), "content", step.text()));
          assertThat(written.status()).as(written.body()).isEqualTo(200);
        }
        case "@read" ->
            shown = chat.get("/files/read?path=" + Client.encode(step.argument())).body();
        case "@run" -> shown = finished(chat, begun(chat, step.text()), LIMIT);
        case "@start" -> started = begun(chat, step.text());
        case "@wait" -> shown = finished(chat, started, Integer.parseInt(step.argument()));
        case "@input" ->
            assertThat(
                    chat.post(
                            "/execute/" + started + "/input",
                            Map.of("input", step.argument().replace("\\n", "\n")))
                        .status())
                .isEqualTo(200);
        case "@kill" -> chat.delete("/execute/" + started);
        case "@see" ->
            assertThat(shown)
                .as(title)
                .containsPattern(Pattern.compile(step.argument(), Pattern.MULTILINE));
        default -> throw new IllegalStateException(step.kind());
      }
    }
  }

  private static String begun(Client chat, String command) {
    Answer answer = chat.post("/execute?wait=0", Map.of("command", command));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("id").asText();
  }

  private static String finished(Client chat, String id, int seconds) {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    Answer answer;
    do {
      answer = chat.get("/execute/" + id + "/status?wait=10");
    } while (answer.json().path("status").asText().equals("running") && System.nanoTime() < end);
    if (answer.json().path("status").asText().equals("running")) {
      throw new Failed("still running after " + seconds + " s: " + answer.output());
    }
    if (answer.exitCode() != 0) {
      throw new Failed(answer.output());
    }
    return answer.output();
  }
}
