package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Volume;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.RealSshd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;

/**
 * Installs the packages that an admin lists for apt, pip and npm with the real programs, from a
 * folder of packages.
 */
@Tag("image")
@Timeout(240)
final class PackagesImageIT {

  private static final String KEY = "packages-key";

  /**
   * A package of apt that does what no package may do: it has programs with rights of their own,
   * and leaves a process.
   */
  private static final String DEB =
      """
      set -e
      cd "$1"
      mkdir -p deb/DEBIAN deb/usr/bin deb/etc/init.d repository empty
      printf 'Package: %s\\nVersion: 1.0\\nArchitecture: all\\nMaintainer: test\\nDescription: test\\n' hello-deb >deb/DEBIAN/control
      printf '#!/bin/sh\\necho from apt\\n' >deb/usr/bin/hello-deb
      printf '#!/bin/sh\\ntouch /run/started-by-init\\n' >deb/etc/init.d/hello-deb
      cp deb/usr/bin/hello-deb deb/usr/bin/becomes-root
      cp deb/usr/bin/hello-deb deb/usr/bin/becomes-group
      cat >deb/DEBIAN/postinst <<'POSTINST'
      #!/bin/sh
      set -e
      cp /bin/true /usr/bin/has-capability
      python3 -c 'import os, struct
      os.setxattr("/usr/bin/has-capability", "security.capability", struct.pack("<5I", 0x02000001, 128, 0, 0, 0))'
      touch /run/postinst-ran
      setsid sleep 12345 >/dev/null 2>&1 </dev/null &
      update-rc.d hello-deb defaults
      invoke-rc.d hello-deb start
      POSTINST
      chmod 755 deb deb/DEBIAN deb/DEBIAN/postinst deb/usr deb/usr/bin deb/usr/bin/hello-deb deb/etc deb/etc/init.d deb/etc/init.d/hello-deb
      chmod 4755 deb/usr/bin/becomes-root
      chmod 2755 deb/usr/bin/becomes-group
      dpkg-deb --root-owner-group --build deb repository/hello.deb
      {
        dpkg-deb -f repository/hello.deb
        printf 'Filename: ./hello.deb\\nSize: %s\\nSHA256: %s\\n' \
          "$(stat -c %s repository/hello.deb)" "$(sha256sum repository/hello.deb | cut -d' ' -f1)"
      } >repository/Packages
      echo 'deb [trusted=yes] file:/packages/repository ./' >empty/test.list
      """;

  /** A package of pip with a module and a program that prints its version. */
  private static final String WHEEL =
      """
      import sys, zipfile
      folder, name, version = sys.argv[1:]
      info = f"{name}-{version}.dist-info"
      program = name.replace("_", "-")
      with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
          wheel.writestr(f"{name}.py", f"def main():\\n    print('from pip {version}')\\n")
          wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {program}\\nVersion: {version}\\n")
          wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
          wheel.writestr(f"{info}/entry_points.txt", f"[console_scripts]\\n{program} = {name}:main\\n")
          wheel.writestr(f"{info}/RECORD", f"{name}.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/entry_points.txt,,\\n{info}/RECORD,,\\n")
      """;

  /** A package of npm. */
  private static final String NPM =
      """
      set -e
      mkdir -p "$1/tool"
      cd "$1/tool"
      echo '{"name": "hello-npm", "version": "1.0.0", "bin": {"hello-npm": "hello.js"}}' >package.json
      printf '#!/usr/bin/env node\\nconsole.log("from npm")\\n' >hello.js
      printf '#!/bin/sh\\nexec node /opt/npm/bin/npm-cli.js "$@"\\n' >"$1/npm"
      chmod 755 hello.js "$1/npm"
      """;

  /** A file of this machine, because the image has none. Empty if this machine has none either. */
  private static final String NODE =
      RealSshd.run("/bin/bash", "-c", "readlink -f \"$(type -P node)\"").strip();

  private static final String NPM_FOLDER =
      RealSshd.run(
              "/bin/bash", "-c", "dirname \"$(dirname \"$(readlink -f \"$(type -P npm)\")\")\"")
          .strip();

  private static final boolean HAS_NPM =
      NODE.startsWith("/") && Files.exists(Path.of(NPM_FOLDER, "bin/npm-cli.js"));

  private static final String VOLUME = "gatehouse-packages-it-" + UUID.randomUUID();

  @TempDir private static Path packages;

  private static GenericContainer<?> container;

  @BeforeAll
  static void start() throws IOException {
    makePackages(packages);
    Map<String, String> lists = new HashMap<>();
    lists.put("OPEN_TERMINAL_PACKAGES", "curl hello-deb=1.0");
    lists.put(
        "OPEN_TERMINAL_PIP_PACKAGES",
        "hello-wheel>=0.9,<2\n/packages/by_path-1.0-py3-none-any.whl");
    if (HAS_NPM) {
      lists.put("OPEN_TERMINAL_NPM_PACKAGES", "/packages/tool");
    }
    container = started(VOLUME, packages, lists);
  }

  @AfterAll
  static void stop() {
    if (container != null) {
      container.stop();
      GatehouseImage.removeVolume(VOLUME);
    }
  }

  private static void makePackages(Path folder) {
    makeReadable(folder);
    RealSshd.run("/bin/bash", "-c", DEB, "deb", folder.toString());
    RealSshd.run("/bin/bash", "-c", NPM, "npm", folder.toString());
    makeWheel(folder, "by_path", "1.0");
    Path wheels = folder.resolve("wheels");
    RealSshd.run("mkdir", wheels.toString());
    makeWheel(wheels, "hello_wheel", "1.0");
    assertThat(folder.resolve("repository/hello.deb")).exists();
  }

  private static void makeReadable(Path folder) {
    RealSshd.run("chmod", "755", folder.toString());
  }

  private static void makeWheel(Path folder, String name, String version) {
    assertThat(RealSshd.run("python3", "-c", WHEEL, folder.toString(), name, version)).isEmpty();
  }

  /** Starts a container with these lists, which can install only from the folder. */
  private static GenericContainer<?> started(
      String volume, Path folder, Map<String, String> lists) {
    Map<String, String> settings = new HashMap<>(lists);
    settings.put("OPEN_TERMINAL_API_KEY", KEY);
    settings.put("OPEN_TERMINAL_USER_ISOLATION", "true");
    settings.put("PIP_NO_INDEX", "1");
    settings.put("PIP_FIND_LINKS", "/packages/wheels");
    settings.put("NPM_CONFIG_OFFLINE", "true");
    return GatehouseImage.start(
        volume,
        settings,
        host -> {
          List<Bind> binds = new ArrayList<>(List.of(host.getBinds()));
          binds.add(readOnly(folder.toString(), "/packages"));
          binds.add(readOnly(folder.resolve("empty").toString(), "/etc/apt/sources.list.d"));
          if (HAS_NPM) {
            binds.add(readOnly(NODE, "/usr/local/bin/node"));
            binds.add(readOnly(NPM_FOLDER, "/opt/npm"));
            binds.add(readOnly(folder.resolve("npm").toString(), "/usr/local/bin/npm"));
          }
          var unused = host.withBinds(binds);
        });
  }

  private static Bind readOnly(String outside, String inside) {
    return new Bind(outside, new Volume(inside), AccessMode.ro);
  }

  private static Client alice(GenericContainer<?> in) {
    return GatehouseImage.client(in, KEY).user("alice-id");
  }

  @Test
  void aUserRunsWhatCameByAptAndPipAlsoAfterARestartWithoutAnyRegistry() throws IOException {
    String all = "hello-deb && hello-wheel && by-path && python3 -c 'import hello_wheel'";
    String printed = "from apt\nfrom pip 1.0\nfrom pip 1.0\n";
    assertThat(alice(container).run(all).output()).isEqualTo(printed);
    assertThat(container.getLogs())
        .contains("apt installs what OPEN_TERMINAL_PACKAGES lists, for at most 600 seconds")
        .doesNotContain("could not install")
        .doesNotContain("Gatehouse has no such settings");

    String volume = VOLUME + "-restart";
    Path own = Files.createTempDirectory("gatehouse-packages-it");
    try {
      makePackages(own);
      try (GenericContainer<?> restarted =
          started(
              volume,
              own,
              Map.of(
                  "OPEN_TERMINAL_PACKAGES",
                  "hello-deb",
                  "OPEN_TERMINAL_PIP_PACKAGES",
                  "hello-wheel /packages/by_path-1.0-py3-none-any.whl"))) {
        RealSshd.run(
            "rm", "-rf", own.resolve("repository").toString(), own.resolve("wheels").toString());
        Client alice = restart(restarted).user("alice-id");
        assertThat(alice.run(all).output()).isEqualTo(printed);
        assertThat(restarted.getLogs())
            .doesNotContain("could not install")
            .containsOnlyOnce("apt installs")
            .containsOnlyOnce("pip installs");
      } finally {
        GatehouseImage.removeVolume(volume);
      }
    } finally {
      RealSshd.run("rm", "-rf", own.toString());
    }
  }

  @Test
  void aUserRunsWhatCameByNpm() {
    Assumptions.assumeTrue(HAS_NPM, "this machine has no npm to lend to the image");
    assertThat(alice(container).run("hello-npm").output()).isEqualTo("from npm\n");
    // The packages are copied and belong to root, because the files outside may change.
    assertThat(execute(container, "stat", "-c", "%F %U", "/usr/local/lib/node_modules/hello-npm"))
        .isEqualTo("directory root\n");
  }

  @Test
  void nothingThatCameBecomesRootOrGoesOnRunning() {
    assertThat(execute(container, "ls", "/run/postinst-ran")).isEqualTo("/run/postinst-ran\n");
    assertThat(execute(container, "find", "/", "-xdev", "-perm", "/6000", "-type", "f")).isEmpty();
    assertThat(alice(container).run("stat -c %a /usr/bin/becomes-*; becomes-root").output())
        .isEqualTo("755\n755\nfrom apt\n");
    assertThat(
            execute(
                container,
                "python3",
                "-c",
                "import os; print(os.listxattr('/usr/bin/has-capability'))"))
        .isEqualTo("[]\n");
    assertThat(execute(container, "pgrep", "-f", "sleep 12345")).isEmpty();
    assertThat(execute(container, "sh", "-c", "ls /run/started-by-init 2>/dev/null")).isEmpty();
  }

  @Test
  void neitherUsersNorTheGatewayHearOfTheLists() {
    assertThat(alice(container).run("env; cat /proc/[0-9]*/environ 2>/dev/null").output())
        .doesNotContain("OPEN_TERMINAL")
        .doesNotContainPattern("PIP_(?!NO_INPUT=)");
    assertThat(
            execute(
                container,
                "setpriv",
                "--reuid=gateway",
                "--regid=gateway",
                "--clear-groups",
                "sh",
                "-c",
                "cat /proc/$(pgrep -x java)/environ"))
        .contains("OPEN_TERMINAL_API_KEY")
        .doesNotContain("PACKAGES");
    // No lists of apt and no working folder of an installer are left.
    assertThat(execute(container, "ls", "-A", "/var/lib/apt/lists")).isEmpty();
    assertThat(execute(container, "sh", "-c", "ls /var/lib/gatehouse/packages | grep work"))
        .isEmpty();
  }

  @Test
  void aWrongWordStopsTheStartAndIsNotRepeated() {
    ExecResult result =
        GatehouseImage.runAsRoot(
            container,
            "env",
            "OPEN_TERMINAL_PIP_PACKAGES=numpy --index-url=https://user:hunter2@host/",
            "/usr/lib/gatehouse/entrypoint.sh");
    assertThat(result.getExitCode()).isEqualTo(78);
    assertThat(result.getStdout() + result.getStderr())
        .startsWith(
            "packages: OPEN_TERMINAL_PIP_PACKAGES, entry 2: it must be the name of a package")
        .doesNotContain("hunter2");
  }

  /**
   * A package that cannot be installed keeps nobody out, and traps that a user has left have no
   * effect.
   */
  @Test
  void aUserCannotSayWhatTheNextStartInstallsOrRuns() throws IOException {
    String volume = VOLUME + "-traps";
    Path own = Files.createTempDirectory("gatehouse-packages-it");
    try {
      makePackages(own);
      try (GenericContainer<?> trapped =
          started(
              volume,
              own,
              Map.of("OPEN_TERMINAL_PACKAGES", "late-deb", "OPEN_TERMINAL_PIP_PACKAGES", "late"))) {
        assertThat(trapped.getLogs())
            .contains("apt could not install what OPEN_TERMINAL_PACKAGES lists (status 100)")
            .contains("Unable to locate package late-deb")
            .contains("pip could not install what OPEN_TERMINAL_PIP_PACKAGES lists (status 1)");
        setTraps(alice(trapped), own);

        makeWheel(own.resolve("wheels"), "late", "1.0");
        // The traps have effect in alice's own logins, and not in bob's and root's.
        Client bob = restart(trapped).user("bob-id");

        assertThat(bob.run("late").output()).isEqualTo("from pip 1.0\n");
        assertThat(execute(trapped, "sh", "-c", "ls /run/owned 2>/dev/null")).isEmpty();
      } finally {
        GatehouseImage.removeVolume(volume);
      }
    } finally {
      RealSshd.run("rm", "-rf", own.toString());
    }
  }

  /**
   * Alice's settings, modules and a newer wheel, in the places where pip, apt or Python might look.
   */
  private static void setTraps(Client alice, Path folder) throws IOException {
    makeWheel(folder, "late", "9.9");
    Path wheel = folder.resolve("late-9.9-py3-none-any.whl");
    String text = Base64.getEncoder().encodeToString(Files.readAllBytes(wheel));
    Files.delete(wheel);
    String done =
        alice
            .run(
                """
                cd /tmp &&
                echo %s | base64 -d >late-9.9-py3-none-any.whl &&
                printf '[global]\\nfind-links = /tmp\\n[install]\\nfind-links = /tmp\\n' >pip.conf &&
                printf 'import os\\nopen("/run/owned", "w")\\n' >sitecustomize.py &&
                for each in usercustomize late zipfile pip; do cp sitecustomize.py $each.py; done &&
                printf '[build-system]\\nrequires = []\\nbuild-backend = "usercustomize"\\nbackend-path = ["."]\\n' >pyproject.toml &&
                cp sitecustomize.py setup.py &&
                echo 'APT::Update::Pre-Invoke {"touch /run/owned";};' >apt.conf &&
                mkdir -p ~/.config/pip ~/.pip ~/.local/lib/python3.13/site-packages ~/.local/bin &&
                cp pip.conf ~/.config/pip/ && cp pip.conf ~/.pip/ && echo 'registry=file:///tmp' >~/.npmrc &&
                cp *.py ~/.local/lib/python3.13/site-packages/ &&
                printf '#!/bin/sh\\ntouch /run/owned\\n' >~/.local/bin/pip && chmod 755 ~/.local/bin/pip &&
                cp ~/.local/bin/pip ~/.bashrc && cp ~/.local/bin/pip ~/.profile &&
                chmod -R a+rX . 2>/dev/null; chmod a+rx ~; echo done
                """
                    .formatted(text))
            .output();
    assertThat(done).endsWith("done\n");
  }

  /** The container after `docker restart`, which gives its ports other numbers on the host. */
  private static Client restart(GenericContainer<?> of) {
    of.getDockerClient().restartContainerCmd(of.getContainerId()).exec();
    InspectContainerResponse now = of.getCurrentContainerInfo();
    String port =
        Objects.requireNonNull(
            now.getNetworkSettings().getPorts().getBindings().get(ExposedPort.tcp(8000)))[0]
            .getHostPortSpec();
    Client client =
        new Client("http://127.0.0.1:" + port, Map.of("Authorization", "Bearer " + KEY));
    for (int i = 0; i < 600; i++) {
      try {
        if (client.get("/health").status() == 200) {
          return client;
        }
      } catch (UncheckedIOException notYet) {
        // It is still starting.
      }
      pause();
    }
    throw new AssertionError(of.getLogs());
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static String execute(GenericContainer<?> in, String... command) {
    return GatehouseImage.runAsRoot(in, command).getStdout();
  }
}
