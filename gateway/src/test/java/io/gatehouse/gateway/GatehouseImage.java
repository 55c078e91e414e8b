package io.gatehouse.gateway;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** Starts containers of the image that {@code ./test} has built. */
final class GatehouseImage {

  static final DockerImageName NAME = DockerImageName.parse("gatehouse:test");

  private static final int PORT = 8000;
  private static final int PEOPLE_PORT = 2222;

  private GatehouseImage() {}

  /** A running container that answers; whoever asked for it closes it. */
  static GenericContainer<?> start(String volume, Map<String, String> settings) {
    GenericContainer<?> gatehouse =
        onVolume(volume)
            .withEnv(settings)
            .withExposedPorts(PORT, PEOPLE_PORT)
            .waitingFor(Wait.forHttp("/health").withStartupTimeout(Duration.ofSeconds(60)));
    gatehouse.start();
    return gatehouse;
  }

  @SuppressWarnings("resource") // closed by whoever asked for it
  static GenericContainer<?> onVolume(String volume) {
    return new GenericContainer<>(NAME)
        .withCreateContainerCmdModifier(
            command -> {
              var unused =
                  command
                      .getHostConfig()
                      .withSecurityOpts(List.of("no-new-privileges"))
                      .withBinds(new Bind(volume, new Volume("/home")));
            });
  }

  static void removeVolume(String volume) {
    DockerClientFactory.instance().client().removeVolumeCmd(volume).exec();
  }

  static String address(GenericContainer<?> container) {
    return "http://127.0.0.1:" + container.getMappedPort(PORT);
  }

  static Client client(GenericContainer<?> container, String token) {
    return new Client(address(container), Map.of("Authorization", "Bearer " + token));
  }

  /** Where this machine reaches the container's listener for people. */
  static int peoplePort(GenericContainer<?> container) {
    return container.getMappedPort(PEOPLE_PORT);
  }

  /** Where containers reach this machine. */
  static String bridgeAddress() {
    return RealSshd.run(
            "/bin/bash", "-c", "ip -4 -o addr show docker0 | sed 's/.*inet \\([0-9.]*\\).*/\\1/'")
        .strip();
  }
}
