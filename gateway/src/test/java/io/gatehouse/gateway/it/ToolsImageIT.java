package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.github.dockerjava.api.model.HostConfig;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.PlainSsh;
import io.gatehouse.gateway.support.RealSshd;
import io.gatehouse.gateway.support.TerminalClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;

/** Tests the tools of the image, and those that accounts install in their homes. */
@Tag("image")
@Tag("full")
final class ToolsImageIT {

  private static final String VOLUME = "gatehouse-tools-it-" + UUID.randomUUID();

  /** The table that admins read. Its columns say which tools each image has. */
  private static final Path TABLE = Path.of("../docs/reference/tools.md");

  /** The tools of Open Terminal that are not here, as docs/how-to/tools-and-packages.md says. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "sudo",
          "iptables",
          "ipset",
          "Docker's client",
          "a virtual desktop: Xvfb",
          "a virtual desktop: xdotool");

  private static final String NO = "–";

  /** One line of the table: a tool, the command that tries it, and who has it. */
  private record Tool(String name, String tried, String openTerminal, String full, String slim) {

    private static final Pattern LINE =
        Pattern.compile("\\| (.+) \\| `(.+)` \\| (.+) \\| (.+) \\| (.+) \\|");

    static Stream<Tool> all() throws IOException {
      return Files.readAllLines(TABLE).stream()
          .map(LINE::matcher)
          .filter(Matcher::matches)
          .map(m -> new Tool(m.group(1), m.group(2), m.group(3), m.group(4), m.group(5)));
    }

    String here() {
      return GatehouseImage.IS_FULL ? full : slim;
    }
  }

  @TempDir private static Path folder;

  private static GenericContainer<?> container;
  private static Client anybody;
  private static Client alice;

  @BeforeAll
  static void start() throws IOException {
    RealSshd.run(
        "/bin/bash",
        "-c",
        "cd \"$1\" && openssl req -x509 -newkey ed25519 -nodes -keyout key -out company.pem"
            + " -subj /CN=company -days 3 2>/dev/null && cat key >>company.pem"
            + " && chmod 755 . && chmod 644 company.pem",
        "certificates",
        folder.toString());
    container = started();
    anybody = GatehouseImage.client(container, "k");
    alice = anybody.user("alicetoo");
  }

  private static GenericContainer<?> started() {
    return GatehouseImage.start(
        VOLUME,
        Map.of(
            "OPEN_TERMINAL_API_KEY",
            "k",
            "OPEN_TERMINAL_USER_ISOLATION",
            "true",
            "TZ",
            "Europe/Berlin"),
        ToolsImageIT::trustTheCompany);
  }

  private static void trustTheCompany(HostConfig host) {
    GatehouseImage.addBind(
        host, folder.resolve("company.pem").toString(), "/etc/gatehouse/certificates/company.pem");
  }

  @AfterAll
  static void stop() {
    if (container != null) {
      container.stop();
      GatehouseImage.removeVolume(VOLUME);
    }
  }

  @TestFactory
  Stream<DynamicTest> hasTheToolsOfTheTableAndNoOthersOfIt() throws IOException {
    return Tool.all()
        .map(
            tool ->
                dynamicTest(
                    tool.name(),
                    () -> {
                      Answer answer = alice.run(tool.tried());
                      assertThat(answer.exitCode() == 0)
                          .as(answer.output())
                          .isEqualTo(!tool.here().equals(NO));
                      if (tool.here().matches("[0-9.]+")) {
                        assertThat(answer.output()).contains(tool.here());
                      }
                    }));
  }

  @Test
  void hasInFullWhatOpenTerminalHas() throws IOException {
    assertThat(Tool.all().count()).isGreaterThan(120);
    assertThat(
            Tool.all()
                .filter(tool -> !tool.openTerminal().equals(NO) && tool.full().equals(NO))
                .map(Tool::name))
        .containsExactlyInAnyOrderElementsOf(LEFT_OUT);
  }

  @Test
  void hasNoProgramThatBecomesRoot() {
    assertThat(asRoot("find / -xdev -type f -perm /6000")).isEmpty();
    assertThat(
            asRoot(
                "find / -xdev -type f -perm /111 -exec python3 -I -c 'import os, sys;"
                    + " [print(f) for f in sys.argv[1:] if \"security.capability\" in"
                    + " os.listxattr(f)]' {} +"))
        .isEmpty();
  }

  /** The list is in the form that scanners for known holes read. */
  @Test
  void describesWhatItIsMadeOf() {
    String described =
        asRoot(
            "python3 -I -c 'import glob, json; [print(each[\"purl\"]) for file in"
                + " glob.glob(\"/usr/share/sbom/*.cdx.json\") for each in"
                + " json.load(open(file))[\"components\"]]'");
    assertThat(described.lines())
        .anyMatch(purl -> purl.startsWith("pkg:deb/debian/openssh-server@"))
        .anyMatch(purl -> purl.startsWith("pkg:maven/io.javalin/javalin@"))
        .anyMatch(purl -> purl.startsWith("pkg:maven/org.apache.tika/tika-core@"));
  }

  /** No service of a package starts by itself. */
  @Test
  void runsNothingButItsOwn() {
    assertThat(asRoot("ps -e -o uid=,comm= | awk '$1 < 1000 { print $2 }'").lines())
        .isSubsetOf(
            "tini",
            "entrypoint.sh",
            "gatehouse",
            "gateway-listene",
            "sshd",
            "sshd-session",
            "sshd-auth",
            "java",
            "log",
            "bash",
            "ps",
            "awk",
            "mawk",
            "gawk",
            "perl",
            "root-helper",
            "sleep");
  }

  private static final String ANSWER = "from the home\n";

  @Test
  void findsTheProgramsOfTheHomeAtEveryDoorAndAfterANewContainer() throws IOException {
    String path = "echo $PATH; type -P sudo";
    String expected =
        "/home/alicetoo/.local/bin:/home/alicetoo/.cargo/bin:/home/alicetoo/go/bin:"
            + "/usr/local/bin:/usr/lib/gatehouse/bin:/usr/bin:/bin:/usr/games:/usr/sbin\n"
            + "/usr/lib/gatehouse/bin/sudo\n";
    alice.run(
        "mkdir -p ~/.local/bin && printf '#!/bin/sh\\n"
            + "echo from the home\\n"
            + "' >~/.local/bin/hello-own && chmod +x ~/.local/bin/hello-own");

    assertThat(alice.run("hello-own; " + path).output()).isEqualTo(ANSWER + expected);
    assertThat(inTerminal("hello-own")).isEqualTo(ANSWER);
    assertThat(inTerminal("type -P sudo; bash -c 'type -P hello-own'"))
        .isEqualTo("/usr/lib/gatehouse/bin/sudo\n/home/alicetoo/.local/bin/hello-own\n");
    assertThat(overSsh("hello-own; " + path)).isEqualTo(ANSWER + expected);
    assertThat(overSsh("bash -lc 'hello-own; type -P sudo'"))
        .isEqualTo(ANSWER + "/usr/lib/gatehouse/bin/sudo\n");
    assertThat(
            alice
                .run("tmux new-session -d 'hello-own >tmux-said' && sleep 1; cat tmux-said")
                .output())
        .isEqualTo(ANSWER);

    container.stop();
    container = started();
    anybody = GatehouseImage.client(container, "k");
    alice = anybody.user("alicetoo");
    assertThat(alice.run("hello-own").output()).isEqualTo(ANSWER);
    assertThat(anybody.user("bobbytools").run("hello-own").output()).contains("not found");
  }

  private static String inTerminal(String command) {
    String id = alice.send("POST", "/api/terminals", null).json().path("id").asText();
    try (TerminalClient terminal =
        TerminalClient.connect(GatehouseImage.address(container), id, "alicetoo")
            .auth("k")
            .resize(200, 30)) {
      return terminal.run(command);
    }
  }

  private static String overSsh(String command) throws IOException {
    Path key = folder.resolve("alice");
    if (Files.notExists(key)) {
      PlainSsh.makeKey(key, "alice");
      PlainSsh.letIn(alice, key);
    }
    return GatehouseImage.ssh(container, key, "alicetoo", command);
  }

  /** The image also has no program that sends or takes files. */
  @Test
  void welcomesPeopleAndNoCommand() throws IOException {
    Client person = anybody.user("welcomed");
    String line = "welcomed on [a-z0-9]+\\. /home/welcomed is kept, /tmp is not\\. At most [0-9]+";
    assertThat(firstOutput(person.chat("one"))).containsPattern(line);
    assertThat(person.run("true").output()).isEmpty();
    assertThat(person.run("bash -lc true").output()).isEmpty();
    assertThat(overSsh("bash -lc true")).isEmpty();

    person.run("touch ~/.hushlogin");
    assertThat(firstOutput(person.chat("two"))).doesNotContain("is kept");
  }

  private static String firstOutput(Client person) {
    String id = person.send("POST", "/api/terminals", null).json().path("id").asText();
    try (TerminalClient terminal =
        TerminalClient.connect(GatehouseImage.address(container), id, "welcomed")
            .auth("k")
            .resize(200, 30)) {
      terminal.run("true");
      return terminal.output();
    }
  }

  /** A program that an admin's Dockerfile installs is there for everybody. */
  @Test
  void leavesRootAlone() {
    assertThat(asRoot("bash -lc 'type -P apt-get; env' | grep -i 'apt-get\\|npm_config\\|gemrc'"))
        .isEqualTo("/usr/bin/apt-get\n");
    assertThat(asRoot("bash -ic 'type -P apt-get' 2>/dev/null")).isEqualTo("/usr/bin/apt-get\n");
  }

  @Test
  void trustsTheCertificatesOfTheAdminAndKeepsTheirKeys() {
    String check =
        "python -c 'import ssl; print(any(dict(p[0] for p in c[\"subject\"])"
            + ".get(\"commonName\") == \"company\" for c in ssl.create_default_context()"
            + ".get_ca_certs()))'; echo $SSL_CERT_FILE $REQUESTS_CA_BUNDLE $NODE_EXTRA_CA_CERTS";
    String all = "/etc/ssl/certs/ca-certificates.crt";
    assertThat(alice.run(check).output()).isEqualTo("True\n" + all + " " + all + " " + all + "\n");
    assertThat(asRoot("keytool -list -cacerts -storepass changeit 2>/dev/null | grep -c 00001"))
        .isEqualTo("1\n");
    assertThat(asRoot("grep -rl 'PRIVATE KEY' /usr/local/share /etc/ssl || true")).isEmpty();
  }

  /** The container does not start without a certificate that the admin wanted. */
  @Test
  void doesNotStartWithAFileThatIsNoCertificate() {
    String folder = "/run/certificates-of-the-test";
    String none =
        "has no certificate; a certificate must begin with -----BEGIN CERTIFICATE-----, or be in"
            + " DER";
    String broken = "has a block that is marked as a certificate and cannot be read as one";
    Map.of(
            "echo text >a.crt",
            broken,
            "printf '0\\202\\001\\000nonsense' >a.der",
            broken,
            ": >a.pem",
            broken,
            "sed -n '/PRIVATE/,$p' /etc/gatehouse/certificates/company.pem >a.pem",
            none,
            "printf -- '-----BEGIN CERTIFICATE-----\\nbm9uZQ==\\n-----END CERTIFICATE-----\\n'"
                + " >a.cer",
            broken,
            "mkdir a.crt",
            "must be a file that can be read",
            "ln -s /nowhere a.pem",
            "must be a file that can be read",
            "truncate -s 5000000 a.pem",
            "has more than 4000000 bytes")
        .forEach(
            (made, said) ->
                assertThat(startedWith(folder, made))
                    .as(made)
                    .startsWith("certificates: " + folder + "/a.")
                    .contains(said)
                    .endsWith("\n78\n"));
    // The certificates that were trusted before still are, and other files are ignored.
    assertThat(
            asRoot(
                "cd %s && rm -rf a.* && echo text >README.txt && cp /etc/gatehouse/certificates/*"
                        .formatted(folder)
                    + " . && GATEHOUSE_CERTIFICATES=%s".formatted(folder)
                    + " /usr/lib/gatehouse/image/trust-certificates; echo $?"))
        .isEqualTo("/etc/ssl/certs/ca-certificates.crt\n0\n");
    assertThat(asRoot("ls /usr/local/share/ca-certificates/gatehouse")).isEqualTo("00001.crt\n");
  }

  /** The output and status of a start, if this command has made the folder's only file. */
  private static String startedWith(String folder, String made) {
    return asRoot(
        "rm -rf %1$s && mkdir %1$s && cd %1$s && %2$s\nGATEHOUSE_CERTIFICATES=%1$s"
                .formatted(folder, made)
            + " /usr/lib/gatehouse/entrypoint.sh 2>&1; echo $?");
  }

  @Test
  void tellsModelsWhatThereIs() {
    String text = alice.get("/system").json().path("prompt").asText();
    assertThat(text.length()).isLessThan(2500);
    assertThat(text)
        .contains("python 3.", "there is no sudo", "pip install", "Europe/Berlin", "processes")
        .contains(GatehouseImage.IS_FULL ? "pandas 2." : "sqlite3");
    if (!GatehouseImage.IS_FULL) {
      assertThat(text).doesNotContain("pandas", "npm");
    }
  }

  /**
   * The gateway's own work uses the system's programs, even if a user has put others before them in
   * PATH.
   */
  @Test
  void worksForAUserWhoseOwnProgramsAreBroken() {
    Client eve = anybody.user("evetools");
    Answer broken =
        eve.run(
            """
            mkdir -p ~/.local/bin ~/.cargo ~/go ~/work/.git && echo needle >~/work/file.txt
            for name in bash sh rg grep find git java perl python python3 cat stat rm mv ls tar soffice pkill ps env mktemp sleep
            do printf '#!/bin/cat\\nBROKEN\\n' >~/.local/bin/$name; done
            /bin/chmod +x ~/.local/bin/*; /bin/ln -s ~/.local/bin ~/.cargo/bin; /bin/ln -s ~/.local/bin ~/go/bin
            site=~/.local/lib/python$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')/site-packages
            /bin/mkdir -p "$site"; echo 'raise SystemExit("BROKEN")' | /usr/bin/tee "$site"/{usercustomize,sitecustomize,json,os}.py >work/json.py
            echo 'export PYTHONPATH=~/work PERL5LIB=~/work JAVA_TOOL_OPTIONS=-broken BASH_ENV=~/.local/bin/env LD_LIBRARY_PATH=~/work' >>~/.profile
            /bin/cat ~/.profile >>~/.bash_profile
            """);
    assertThat(broken.exitCode()).as(broken.body()).isZero();

    assertThat(eve.get("/files/grep?query=needle&path=work").body()).contains("file.txt");
    assertThat(eve.get("/files/glob?pattern=*.txt&path=work").body()).contains("file.txt");
    assertThat(eve.get("/files/search?query=file").body()).doesNotContain("BROKEN");
    assertThat(eve.get("/files/read?path=work/file.txt").body()).contains("needle");
    assertThat(eve.get("/files/list?directory=work").body()).contains("file.txt");
    assertThat(
            eve.post(
                    "/files/move",
                    Map.of("source", "work/file.txt", "destination", "work/moved.rtf"))
                .status())
        .isEqualTo(200);
    eve.post(
        "/files/write", Map.of("path", "work/moved.rtf", "content", "{\\rtf1 a rich needle\\par}"));
    assertThat(eve.get("/files/read?path=work/moved.rtf").body())
        .contains("a rich needle")
        .doesNotContain("rtf1");
    assertThat(eve.delete("/files/delete?path=work/moved.rtf").status()).isEqualTo(200);
    assertThat(eve.delete("/files/delete?path=work").status()).isEqualTo(200);
    assertThat(eve.run("echo still here").output()).isEqualTo("still here\n");
    assertThat(eve.delete("/processes").status()).isEqualTo(200);
    assertThat(eve.get("/isolation").status()).isEqualTo(200);
    assertThat(eve.run("echo and now").output()).isEqualTo("and now\n");
  }

  private static String asRoot(String command) {
    return GatehouseImage.runAsRoot(container, "bash", "-c", command).getStdout();
  }
}
