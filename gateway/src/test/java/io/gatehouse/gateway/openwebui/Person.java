package io.gatehouse.gateway.openwebui;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.KeyboardModifier;
import com.microsoft.playwright.options.SameSiteAttribute;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A person at a screen, signed in to Open WebUI in a Chromium of their own.
 *
 * <p>It is used by one thread only, because Playwright requires that. Each method waits at most
 * {@link #PATIENCE} for what it looks for.
 */
final class Person implements AutoCloseable {

  /** Milliseconds that something on the page may take to appear. */
  static final double PATIENCE = 20_000;

  private static final Path SCREENSHOTS = Path.of("target/screenshots");

  /**
   * Messages in the corner cover the top of the file pane for some seconds, and for as long as the
   * mouse rests on one of them: a click that waits for its button there would wait for ever.
   */
  private static final String LET_CLICKS_THROUGH_MESSAGES =
      """
      document.addEventListener('DOMContentLoaded', () => {
        const style = document.createElement('style');
        style.textContent =
          '[data-sonner-toaster], [data-sonner-toaster] * { pointer-events: none !important }';
        document.head.append(style);
      });
      """;

  private static final String SEARCH = "Search files and contents";
  private static final String FILE_PANE = "[aria-label=\"File browser\"]";

  private final String name;
  private final OpenWebUiServer server;
  private final Playwright playwright;
  private final Path profile;
  private final BrowserContext context;
  private final Page page;
  private final Queue<String> badAnswers = new ConcurrentLinkedQueue<>();

  /** The requests that got no answer, each with the browser's reason. */
  private final Queue<String> brokenRequests = new ConcurrentLinkedQueue<>();

  private Person(OpenWebUiServer server, String name, int width, int height) {
    this.server = server;
    this.name = name;
    this.playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    try {
      this.profile = Files.createTempDirectory("gatehouse-browser-");
      Files.createDirectories(SCREENSHOTS);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    this.context =
        playwright
            .chromium()
            .launchPersistentContext(
                profile,
                new BrowserType.LaunchPersistentContextOptions()
                    .setExecutablePath(Path.of("/usr/bin/chromium"))
                    // The sandbox does not work as root, and the only pages are the test's own.
                    .setChromiumSandbox(false)
                    .setArgs(
                        List.of(
                            "--disable-gpu",
                            "--disable-quic",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--no-first-run",
                            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
                    .setViewportSize(width, height)
                    .setAcceptDownloads(true)
                    .setLocale("en-US"));
    context.setDefaultTimeout(PATIENCE);
    context.addInitScript(
        "if (!localStorage.token) localStorage.token = '%s'; localStorage.locale = 'en-US';"
            .formatted(server.token(name)));
    context.addInitScript(LET_CLICKS_THROUGH_MESSAGES);
    // As Open WebUI sets it. Without the attribute, a browser would send it with forms of other
    // origins for two minutes.
    context.addCookies(
        List.of(
            new Cookie("token", server.token(name))
                .setUrl(server.address())
                .setSameSite(SameSiteAttribute.LAX)));
    this.page = context.pages().getFirst();
    page.onResponse(
        response -> {
          if (response.status() >= 400) {
            badAnswers.add(
                response.status()
                    + " "
                    + response.request().method()
                    + " "
                    + response.url().replace(server.address(), ""));
          }
        });
    page.onRequestFailed(request -> brokenRequests.add(request.url() + " " + request.failure()));
  }

  /** Opens the page of a new chat in a window as large as a laptop's screen. */
  static Person open(OpenWebUiServer server, String name) {
    return open(server, name, 1500, 950);
  }

  static Person open(OpenWebUiServer server, String name, int width, int height) {
    Person person = new Person(server, name, width, height);
    try {
      person.visit("/");
      person.page.waitForSelector("#chat-input");
      return person;
    } catch (RuntimeException failure) {
      person.screenshot("not-opened");
      System.out.printf(
          "%s's page does not open; bad answers: %s; broken requests: %s%n",
          name, person.badAnswers, person.brokenRequests);
      person.close();
      throw failure;
    }
  }

  Page page() {
    return page;
  }

  void visit(String path) {
    page.navigate(server.address() + path);
  }

  /** Opens an address in a tab of its own, as a link does. */
  void openTab(String path) {
    context.newPage().navigate(server.address() + path);
  }

  /**
   * Opens an address in a tab of its own, and returns whether the browser shows it and does not
   * download it.
   */
  boolean openTabIfShown(String path) {
    Page tab = context.newPage();
    try {
      tab.navigate(server.address() + path);
      return true;
    } catch (PlaywrightException download) {
      if (download.getMessage().contains("ERR_ABORTED")
          || download.getMessage().contains("Download is starting")) {
        return false;
      }
      throw download;
    }
  }

  /** The result of a script in that tab. */
  String inTab(String expression) {
    return String.valueOf(context.pages().getLast().evaluate(expression));
  }

  void closeTab() {
    context.pages().getLast().close();
  }

  void reload() {
    page.reload();
    page.waitForSelector("#chat-input");
  }

  /** The answers of 400 and above that the page got since the last call of this. */
  List<String> takeBadAnswers() {
    List<String> taken = List.copyOf(badAnswers);
    badAnswers.removeAll(taken);
    return taken;
  }

  /** The text that a person can read on the whole page. */
  String text() {
    return page.locator("body").innerText();
  }

  void screenshot(String what) {
    page.screenshot(screenshotOf(what));
  }

  /** A picture of a part of the page, in pixels from its top left corner. */
  void screenshot(String what, double x, double y, double width, double height) {
    page.screenshot(screenshotOf(what).setClip(x, y, width, height));
  }

  private Page.ScreenshotOptions screenshotOf(String what) {
    return new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + "-" + what + ".png"));
  }

  void pause(double milliseconds) {
    page.waitForTimeout(milliseconds);
  }

  void escape() {
    page.keyboard().press("Escape");
    pause(300);
  }

  /** Waits until the text that is supplied contains this, and returns the text. */
  String await(String what, Supplier<String> text, Pattern wanted) {
    long deadline = System.nanoTime() + (long) (PATIENCE * 1e6);
    String seen = text.get();
    while (!wanted.matcher(seen).find()) {
      assertThat(System.nanoTime())
          .as("%s shows no %s in time, but:%n%s", what, wanted, seen)
          .isLessThan(deadline);
      pause(100);
      seen = text.get();
    }
    return seen;
  }

  /** The messages that pop up in a corner and go by themselves. */
  List<String> toasts() {
    return page.locator("[data-sonner-toast]").allInnerTexts();
  }

  // --- The terminal that belongs to the chat

  /** Chooses a terminal connection, and waits until its file pane shows the home. */
  void pickTerminal(String connection) {
    chooseTerminal(connection);
    page.waitForSelector(FILE_PANE);
    awaitFiles("/\\s+home\\s+/");
  }

  /** Chooses a terminal connection from the menu below the message. */
  void chooseTerminal(String connection) {
    page.locator("button[aria-label='Terminal']").first().click();
    page.getByRole(
            AriaRole.MENUITEMRADIO, new Page.GetByRoleOptions().setName(connection).setExact(true))
        .click();
  }

  // --- The shell

  /** Opens the pane of the shell, and waits for its prompt. */
  void openShell() {
    page.locator("button[aria-label='Expand terminal']").click();
    awaitShell("\\$ $");
  }

  boolean shellIsFolded() {
    return page.locator("button[aria-label='Expand terminal']").count() > 0;
  }

  /** The text on the screen of the shell. Its lines end where those of the screen end. */
  String shell() {
    return String.join(
            "\n=====\n",
            page.locator(".xterm-rows:visible").all().stream().map(Person::rows).toList())
        .stripTrailing();
  }

  private static String rows(Locator screen) {
    return String.valueOf(
        screen.evaluate(
            "e => [...e.children].map(r => r.innerText.trimEnd()).join('\\n').trimEnd()"));
  }

  String awaitShell(String expression) {
    return await(
        "the shell", () -> shell() + " ", Pattern.compile(expression + "\\s*", Pattern.MULTILINE));
  }

  /** The tab of a shell or a command below the file pane. */
  Locator dockTab(String text) {
    return page.locator("[data-tab]", new Page.LocatorOptions().setHasText(text)).first();
  }

  void type(String text) {
    Locator keys = page.locator(".xterm:visible .xterm-helper-textarea").first();
    if (!(boolean) keys.evaluate("e => e === document.activeElement")) {
      keys.focus();
      // Keys that are typed before the terminal has the keyboard would be lost.
      pause(200);
    }
    page.keyboard().type(text);
  }

  void enter(String line) {
    type(line);
    page.keyboard().press("Enter");
  }

  // --- The file pane

  Locator files() {
    return page.locator(FILE_PANE).first();
  }

  Locator row(String file) {
    return files().getByText(file, new Locator.GetByTextOptions().setExact(true)).first();
  }

  String awaitFiles(String expression) {
    return await("the file pane", () -> files().innerText(), Pattern.compile(expression));
  }

  /** Lists the folder again, which the pane does not do by itself. */
  void refreshFiles() {
    page.waitForResponse(
        response -> response.url().contains("/files/list"),
        () -> files().locator("[aria-label='Refresh']").first().click());
    // Waits until the rows are drawn.
    pause(500);
  }

  void awaitRow(String file) {
    row(file).waitFor();
  }

  void awaitNoRow(String file) {
    row(file).waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.HIDDEN));
  }

  /** Hands files to the pane, as its button for uploads does. */
  void upload(List<Path> chosen) {
    page.waitForFileChooser(() -> chooseForFolder("Upload")).setFiles(chosen.toArray(Path[]::new));
  }

  /** Hands a folder with all that is in it to the pane. */
  void uploadFolder(Path folder) {
    page.waitForFileChooser(() -> chooseForFolder("Upload Folder")).setFiles(folder);
  }

  /** Moves the mouse off the list, because over a row it opens a preview that hides other rows. */
  private void moveAside() {
    page.mouse().move(page.viewportSize().width / 2.0, page.viewportSize().height / 4.0);
    pause(200);
  }

  void openFile(String file) {
    moveAside();
    row(file).click();
  }

  /** Goes to the folder that the path above the files shows by this name. */
  void goTo(String folder) {
    files()
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(folder).setExact(true))
        .first()
        .click();
    files().getByPlaceholder(SEARCH).waitFor();
  }

  void backToList() {
    files().locator("[aria-label='Back']").first().click();
    files().getByPlaceholder(SEARCH).waitFor();
  }

  boolean showsList() {
    return files().getByPlaceholder(SEARCH).count() > 0;
  }

  /** The text of all frames in the page, where previews are. */
  String frames() {
    return String.join(
        "\n",
        page.frames().stream()
            .skip(1)
            .map(
                frame ->
                    String.valueOf(
                        frame.evaluate("() => document.body ? document.body.innerText : ''")))
            .toList());
  }

  /** Chooses from the menu of a file's row. */
  void chooseFor(String file, String item) {
    moveAside();
    BoundingBox row = row(file).boundingBox();
    Locator button =
        files().locator("button[aria-label='More']").all().stream()
            .min(Comparator.comparingDouble(each -> distance(each.boundingBox(), row)))
            .orElseThrow();
    button.click(new Locator.ClickOptions().setForce(true));
    choose(item);
  }

  private static double distance(BoundingBox one, BoundingBox other) {
    return one == null
        ? Double.MAX_VALUE
        : Math.abs(one.y + one.height / 2 - other.y - other.height / 2);
  }

  /** Chooses from the menu of the folder that is shown. */
  void chooseForFolder(String item) {
    files().locator("button[aria-label='Actions']").first().click();
    choose(item);
  }

  private void choose(String item) {
    page.getByText(item, new Page.GetByTextOptions().setExact(true)).last().click();
  }

  /** Marks files in the list, for one action on all of them. */
  void select(String... chosen) {
    for (String file : chosen) {
      moveAside();
      row(file).click(new Locator.ClickOptions().setModifiers(List.of(KeyboardModifier.CONTROL)));
    }
  }

  void search(String text) {
    files().getByPlaceholder(SEARCH).fill(text);
  }

  /** The file that this action downloads. */
  Download download(Runnable action) {
    return page.waitForDownload(action);
  }

  // --- The chat

  /**
   * Picks a skill in the menu that {@code $} opens, for the next message. The menu shows the skills
   * of the moment at which it was opened, and a new skill is listed after two seconds at the
   * latest.
   */
  void mentionSkill(String name) {
    pause(2_500);
    page.locator("#chat-input").click();
    page.keyboard().type("$" + name);
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name)).last().click();
    page.locator("#chat-input [data-type=mention]").waitFor();
  }

  /** Sends a message and waits until the model has answered it and the page shows that. */
  ToolCallingModel.Answered ask(ToolCallingModel model, String... calls) {
    String question = model.nextQuestion();
    page.locator("#chat-input").click();
    page.keyboard().insertText(question);
    for (String call : calls) {
      page.keyboard().press("Shift+Enter");
      page.keyboard().insertText(call);
    }
    page.keyboard().press("Enter");
    page.getByText(ToolCallingModel.answerTo(question), new Page.GetByTextOptions().setExact(true))
        .last()
        .waitFor(new Locator.WaitForOptions().setTimeout(3 * PATIENCE));
    return model.answered(question);
  }

  @Override
  public void close() {
    try {
      context.close();
    } finally {
      playwright.close();
      delete(profile);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
