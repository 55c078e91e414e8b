package io.gatehouse.gateway.openwebui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs a notebook of ten cells in the real Open WebUI. The image slim has no Jupyter, so these
 * tests run in the image full.
 */
@Tag("full")
@Timeout(180)
@EnabledIfEnvironmentVariable(named = OpenWebUiServer.PROGRAM_VARIABLE, matches = ".+")
final class OpenWebUiNotebookIT {

  /** A red picture of 8 by 8 pixels. */
  private static final String PICTURE =
      "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/"
          + "P8Fu7N9hAAAAAElFTkSuQmCC";

  private static final List<String> CELLS =
      List.of(
          "print('some', 'text')",
          "1 / 0",
          "import base64; from IPython.display import Image, HTML; Image(base64.b64decode('"
              + PICTURE
              + "'))",
          "HTML('<b>bold</b> <i>page</i>')",
          "for line in range(200000): print('line', line)",
          "input('your name?')",
          "x = 41; x + 1",
          "import os; print('at', os.getcwd(), 'as', os.getuid())",
          "print('x is', globals().get('x'))");

  @TempDir static Path folder;

  private static Installation installation;

  @BeforeAll
  static void start() throws IOException {
    installation = Installation.start();
    ObjectNode notebook = new ObjectMapper().createObjectNode();
    notebook.put("nbformat", 4).put("nbformat_minor", 5).putObject("metadata");
    ArrayNode cells = notebook.putArray("cells");
    addCell(cells, "markdown", "# A notebook of ten cells");
    CELLS.forEach(source -> addCell(cells, "code", source));
    Files.writeString(folder.resolve("ten.ipynb"), notebook.toString());
  }

  private static void addCell(ArrayNode cells, String type, String source) {
    ObjectNode cell = cells.addObject().put("cell_type", type).put("source", source);
    cell.put("id", "cell-" + cells.size()).putObject("metadata");
    if (type.equals("code")) {
      cell.putNull("execution_count").putArray("outputs");
    }
  }

  @AfterAll
  static void stop() {
    if (installation != null) {
      installation.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "alice, session",
    "bob, session",
    "alice, bearer",
    "bob, bearer",
  })
  void runsRestartsAndReopensANotebook(String user, String mode) {
    String id = mode.equals("session") ? Installation.SESSION : Installation.BEARER;
    String home = installation.openWebUi().home(id, user).toString();
    try (Person person = Person.open(installation.openWebUi(), user)) {
      person.pickTerminal(
          mode.equals("session") ? Installation.SESSION_NAME : Installation.BEARER_NAME);
      person.upload(List.of(folder.resolve("ten.ipynb")));
      person.openFile("ten.ipynb");
      click(person, "Run All");
      String text = person.awaitFiles("x is 41");
      assertThat(text)
          .contains("A notebook of ten cells", "some text", "ZeroDivisionError: division by zero")
          .contains("bold page", "line 0\n", "line 199999\n", "are left out")
          .contains("StdinNotImplementedError", "42", "at " + home + " as ");
      Locator picture = person.files().locator("img.nb-output-img");
      assertThat((int) picture.evaluate("image => image.naturalWidth")).isEqualTo(8);
      person.screenshot("notebook-" + mode + "-" + user);

      // The new kernel knows nothing of the old one's variables.
      click(person, "Restart");
      person.files().locator("button.nb-run-btn").last().click();
      person.awaitFiles("x is None");

      person.backToList();
      person.openFile("ten.ipynb");
      assertThat(person.awaitFiles("x is None")).contains("some text", "line 199999", "bold page");
      assertThat(person.takeBadAnswers()).isEmpty();
    }
    assertThat(installation.wire().errors())
        .noneMatch(error -> Pattern.matches(".*/notebooks.*", error.toString()));
  }

  private static void click(Person person, String button) {
    person.page().getByText(button, new Page.GetByTextOptions().setExact(true)).first().click();
  }
}
