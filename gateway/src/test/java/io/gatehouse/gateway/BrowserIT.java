package io.gatehouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.OpenWebUiProxy.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.testcontainers.containers.GenericContainer;

/**
 * A user before a screen: xterm.js in Chromium, Open WebUI between, the image behind. Screenshots
 * are in {@code target/screenshots}.
 */
@Tag("image")
@Timeout(180)
@EnabledIfEnvironmentVariable(named = "GATEHOUSE_XTERM", matches = ".+")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BrowserIT {

  private static final String VOLUME = "gatehouse-it-" + UUID.randomUUID();
  private static final Path SCREENSHOTS = Path.of("target/screenshots");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static OpenWebUi openWebUi;
  private static GenericContainer<?> container;
  private static OpenWebUiProxy proxy;
  private static ChromeDriver browser;

  @BeforeAll
  static void start() throws IOException {
    Files.createDirectories(SCREENSHOTS);
    openWebUi = OpenWebUi.start(GatehouseImage.bridgeAddress());
    openWebUi.knows("annas-jwt", "anna", "anna@example.org", "user");
    container =
        GatehouseImage.start(
            VOLUME,
            Map.of(
                "OPEN_TERMINAL_OWUI_URL",
                "http://" + GatehouseImage.bridgeAddress() + ":" + openWebUi.port(),
                "OPEN_TERMINAL_USER_ISOLATION",
                "true"));
    proxy =
        new OpenWebUiProxy(
            GatehouseImage.address(container), "no key", Map.of("annas-jwt", "anna"));
    proxy.setMode(Mode.SESSION_UP_TO_0_11_3);
    browser = new ChromeDriver(driver(), options());
  }

  /** Debian's, so that Selenium does not look for one of its own on the network. */
  private static ChromeDriverService driver() {
    return new ChromeDriverService.Builder()
        .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
        .build();
  }

  private static ChromeOptions options() {
    return new ChromeOptions()
        .setBinary("/usr/bin/chromium")
        .addArguments(
            // Its sandbox does not work as root, and the only page it sees is ours.
            List.of(
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--window-size=1000,600"));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.quit();
    }
    if (proxy != null) {
      proxy.close();
    }
    if (container != null) {
      container.stop();
      GatehouseImage.removeVolume(VOLUME);
    }
    if (openWebUi != null) {
      openWebUi.close();
    }
  }

  @BeforeEach
  void openThePage() {
    browser.manage().window().setSize(new Dimension(1000, 600));
    browser.get(proxy.address() + "/?token=annas-jwt&chat=" + UUID.randomUUID());
    awaitScreen("$ ");
  }

  private static String screen() {
    return (String) Objects.requireNonNull(browser.executeScript("return screenText()"));
  }

  private static void awaitScreen(String text) {
    try {
      new WebDriverWait(browser, LIMIT).until(page -> screen().contains(text));
    } catch (org.openqa.selenium.TimeoutException missing) {
      throw new AssertionError("not on the screen: " + text + "\n" + screen(), missing);
    }
  }

  private static void type(CharSequence... keys) {
    browser.findElement(By.className("xterm-helper-textarea")).sendKeys(keys);
  }

  private static void enter(String line) {
    type(line, Keys.ENTER);
  }

  private static void screenshot(String name) {
    try {
      Files.write(SCREENSHOTS.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void assertNoTextFrames() {
    assertThat(browser.executeScript("return texts")).isEqualTo(0L);
  }

  @Test
  @Order(1)
  void runsWhatIsTyped() {
    enter("echo browser-$((6 * 7)); id -un");
    awaitScreen("browser-42\nanna");
    enter("printf '\\033[1;32mgreen\\033[0m äöü 漢字 \\U1F642\\n'");
    awaitScreen("green äöü 漢字 🙂");
    screenshot("commands");
    enter("sleep 1000");
    type(Keys.chord(Keys.CONTROL, "c"));
    awaitScreen("^C");
    enter("exit");
    awaitScreen("[Connection closed]");
    assertNoTextFrames();
  }

  @Test
  @Order(2)
  void isAsLargeAsItsWindow() {
    enter("stty size");
    awaitScreen(size());
    String before = size();
    browser.manage().window().setSize(new Dimension(700, 400));
    new WebDriverWait(browser, LIMIT).until(page -> !size().equals(before));
    enter("clear; stty size");
    awaitScreen(size());
    screenshot("resized");
  }

  private static String size() {
    return (String)
        Objects.requireNonNull(browser.executeScript("return `${term.rows} ${term.cols}`"));
  }

  @Test
  @Order(3)
  void editsInVimAcrossAReload() {
    enter("vim poem.txt");
    awaitScreen("~");
    type("iroses are red");
    awaitScreen("roses are red");
    browser.navigate().refresh();
    // Drawn again for the page that knows nothing, and still where it was: inserting.
    awaitScreen("roses are red");
    awaitScreen("~");
    type(", violets are blue");
    awaitScreen("roses are red, violets are blue");
    screenshot("vim");
    type(Keys.ESCAPE, ":wq", Keys.ENTER);
    awaitScreen("$ ");
    enter("cat poem.txt | tr a-z A-Z");
    awaitScreen("ROSES ARE RED, VIOLETS ARE BLUE");
    assertNoTextFrames();
  }

  @Test
  @Order(4)
  void watchesHtop() {
    enter("echo before; htop");
    awaitScreen("F10");
    awaitScreen("htop");
    screenshot("htop");
    type("q");
    awaitScreen("before");
    enter("echo after-$((1 + 1))");
    awaitScreen("after-2");
  }

  @Test
  @Order(5)
  void findsARunningBuildAgainAfterAReload() {
    enter(
        "echo shell-$$; for i in {1..30}; do echo compiling file $i; sleep 0.2; done; echo"
            + " built-$((1 + 1))");
    awaitScreen("compiling file 5");
    String shell = shell();
    browser.navigate().refresh();
    awaitScreen("compiling file 1\n");
    awaitScreen("compiling file 10");
    screenshot("reloaded-build");
    awaitScreen("built-2");
    assertThat(shell()).isEqualTo(shell);
    for (int i = 1; i <= 30; i++) {
      assertThat(screen()).containsOnlyOnce("compiling file " + i + "\n");
    }
    enter("echo still-$$");
    awaitScreen("still" + shell.substring("shell".length()));
  }

  private static String shell() {
    return screen().lines().filter(line -> line.matches("shell-[0-9]+")).findFirst().orElseThrow();
  }
}
