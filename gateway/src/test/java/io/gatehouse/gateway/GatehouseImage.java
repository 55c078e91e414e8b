package io.gatehouse.gateway;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
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
    return start(volume, settings, host -> {});
  }

  /** The same with options of `docker run`. */
  static GenericContainer<?> start(
      String volume, Map<String, String> settings, Consumer<HostConfig> options) {
    GenericContainer<?> gatehouse =
        onVolume(volume, options)
            .withEnv(settings)
            .withExposedPorts(PORT, PEOPLE_PORT)
            .waitingFor(
                Wait.forHttp("/health").forPort(PORT).withStartupTimeout(Duration.ofSeconds(60)));
    gatehouse.start();
    return gatehouse;
  }

  static GenericContainer<?> onVolume(String volume) {
    return onVolume(volume, host -> {});
  }

  @SuppressWarnings("resource") // closed by whoever asked for it
  private static GenericContainer<?> onVolume(String volume, Consumer<HostConfig> options) {
    return new GenericContainer<>(NAME)
        .withCreateContainerCmdModifier(
            command -> {
              HostConfig host = Objects.requireNonNull(command.getHostConfig());
              var unused =
                  host.withSecurityOpts(List.of("no-new-privileges"))
                      .withBinds(new Bind(volume, new Volume("/home")));
              options.accept(host);
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
