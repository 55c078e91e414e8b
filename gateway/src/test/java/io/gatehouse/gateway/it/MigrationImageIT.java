package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.GatehouseImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * A deployment of Open Terminal 0.14.5 for several users, whose image alone is changed: its volume,
 * its command and its TOML file stay.
 */
@Tag("image")
final class MigrationImageIT {

  private static final String VOLUME = "gatehouse-it-" + UUID.randomUUID();
  private static final String KEY = "the-key-of-the-toml-file";
  private static final int PORT = 9000;

  /**
   * What Open Terminal 0.14.5 does for a user (utils/user_isolation.py): useradd, and the mode 2770
   * with the server in the user's group. The server's own account is {@code user}.
   */
  private static final String FORMER =
      """
      set -e
      useradd -m -u 1000 -s /bin/bash user
      useradd -m -u 1001 -s /bin/bash a1b2c3d4
      useradd -m -u 1002 -s /bin/bash beef0000
      for name in a1b2c3d4 beef0000; do
        mkdir -p /home/$name/work/deep
        echo "of $name" >/home/$name/work/notes.txt
        sed -i "1i export MINE=$name" /home/$name/.bashrc
        chown -R $name:$name /home/$name
        chmod 2770 /home/$name
      done
      echo shared >/home/user/shared.txt
      chown -R user:user /home/user
      """;

  private static GenericContainer<?> gatehouse;
  private static Client anybody;

  @BeforeAll
  @SuppressWarnings("resource") // closed in stop, or by Testcontainers when it has ended
  static void start(@TempDir Path folder) throws IOException {
    try (GenericContainer<?> former =
        GatehouseImage.onVolume(VOLUME)
            .withCreateContainerCmdModifier(
                command -> {
                  var unused = command.withEntrypoint("/bin/bash", "-c", FORMER);
                })
            .withStartupCheckStrategy(
                new OneShotStartupCheckStrategy().withTimeout(Duration.ofSeconds(60)))) {
      former.start();
    }
    Path file =
        Files.writeString(
            folder.resolve("config.toml"),
            """
            api_key = "%s"
            multi_user = true
            port = 7000
            info = "a server of before"
            binary_mime_prefixes = "image,audio"
            """
                .formatted(KEY));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    gatehouse =
        GatehouseImage.onVolume(
                VOLUME,
                host ->
                    GatehouseImage.addBind(host, file.toString(), "/etc/open-terminal/config.toml"))
            .withCommand("run", "--host", "0.0.0.0", "--port", Integer.toString(PORT))
            .withExposedPorts(PORT)
            .waitingFor(
                Wait.forHttp("/health").forPort(PORT).withStartupTimeout(Duration.ofSeconds(60)));
    gatehouse.start();
    anybody =
        new Client(
            "http://127.0.0.1:" + gatehouse.getMappedPort(PORT),
            Map.of("Authorization", "Bearer " + KEY));
  }

  @AfterAll
  static void stop() {
    if (gatehouse != null) {
      gatehouse.stop();
    }
    GatehouseImage.removeVolume(VOLUME);
  }

  private static Client alice() {
    return anybody.user("a1b2c3d4-0000-4000-8000-000000000001");
  }

  private static Client bob() {
    return anybody.user("beef0000-0000-4000-8000-000000000002");
  }

  @Test
  void givesEachUserTheirHomeAndTheirUid() {
    assertThat(alice().run("id -un; id -u; cat work/notes.txt; echo $MINE").output())
        .isEqualTo("a1b2c3d4\n1001\nof a1b2c3d4\na1b2c3d4\n");
    assertThat(bob().run("id -un; id -u; cat work/notes.txt").output())
        .isEqualTo("beef0000\n1002\nof beef0000\n");
  }

  @Test
  void letsUsersChangeTheirFiles() {
    assertThat(
            alice()
                .run("echo more >>work/deep/new.txt && mv work/deep work/moved && ls -1 work")
                .output())
        .isEqualTo("moved\nnotes.txt\n");
    assertThat(alice().get("/files/read?path=work/notes.txt").json().path("content").asText())
        .isEqualTo("of a1b2c3d4\n");
  }

  /** Open Terminal's mode 2770 lets the members of the user's group in, among them its server. */
  @Test
  void keepsUsersApartInTheirFormerHomes() {
    assertThat(alice().run("true").exitCode()).isZero();
    assertThat(bob().run("cat /home/a1b2c3d4/work/notes.txt; ls /home/user").output())
        .contains("Permission denied")
        .doesNotContain("of a1b2c3d4", "shared.txt");
    assertThat(bob().get("/files/read?path=/home/a1b2c3d4/work/notes.txt").status()).isIn(403, 404);
  }

  @Test
  void honoursTheFileAndTheCommand() {
    assertThat(alice().get("/info").json().path("info").asText()).isEqualTo("a server of before");
    assertThat(gatehouse.getLogs()).doesNotContain(KEY);
  }
}
