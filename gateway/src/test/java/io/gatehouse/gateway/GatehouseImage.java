package io.gatehouse.gateway;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
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

  /**
   * A running netguard, as compose.yaml has it, which has the network and the ports of a container
   * that joins it with {@link #startBeside}.
   */
  static GenericContainer<?> startNetguard(Map<String, String> settings) {
    return started(netguard(settings));
  }

  /** The same in a network of containers. */
  static GenericContainer<?> startNetguard(Map<String, String> settings, Network network) {
    return started(netguard(settings).withNetwork(network));
  }

  private static GenericContainer<?> started(GenericContainer<?> container) {
    container.start();
    return container;
  }

  @SuppressWarnings("resource") // closed by whoever asked for it
  private static GenericContainer<?> netguard(Map<String, String> settings) {
    return new GenericContainer<>(NAME)
        .withEnv(settings)
        .withExposedPorts(PORT, PEOPLE_PORT)
        .waitingFor(Wait.forLogMessage(".*accounts are kept apart.*\\n", 1))
        .withCreateContainerCmdModifier(
            command -> {
              HostConfig host =
                  Objects.requireNonNull(command.getHostConfig())
                      .withCapDrop(Capability.ALL)
                      .withCapAdd(
                          Capability.NET_ADMIN,
                          Capability.NET_BIND_SERVICE,
                          Capability.SETGID,
                          Capability.SETUID,
                          Capability.KILL)
                      .withSysctls(Map.of("net.ipv4.tcp_syncookies", "0"))
                      .withSecurityOpts(List.of("no-new-privileges"));
              var unused =
                  command
                      .withHostConfig(host)
                      .withEntrypoint(
                          "/usr/bin/tini", "--", "/usr/lib/gatehouse/netguard/netguard");
            });
  }

  /** A running container in the network of netguard, whose ports are its own. */
  static GenericContainer<?> startBeside(
      GenericContainer<?> netguard,
      String volume,
      Map<String, String> settings,
      Consumer<HostConfig> options) {
    GenericContainer<?> gatehouse =
        onVolume(volume, options)
            .withEnv(settings)
            .withNetworkMode("container:" + netguard.getContainerId())
            .waitingFor(
                Wait.forLogMessage(".*Gatehouse listens.*\\n", 1)
                    .withStartupTimeout(Duration.ofSeconds(60)));
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

  /** In memory, so that whoever fills it fills nothing else. */
  static void createBoundedVolume(String volume, String size) {
    DockerClientFactory.instance()
        .client()
        .createVolumeCmd()
        .withName(volume)
        .withDriverOpts(Map.of("type", "tmpfs", "device", "tmpfs", "o", "mode=755,size=" + size))
        .exec();
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
