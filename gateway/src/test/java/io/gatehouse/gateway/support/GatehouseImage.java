package io.gatehouse.gateway.support;

import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** Starts containers of the image that {@code ./test} has built, or {@code GATEHOUSE_IMAGE}. */
public final class GatehouseImage {

  public static final DockerImageName NAME =
      DockerImageName.parse(
          Objects.requireNonNullElse(System.getenv("GATEHOUSE_IMAGE"), "gatehouse:test"));

  /** Whether the image is the target full of the Dockerfile, and not slim. */
  public static final boolean IS_FULL = "full".equals(System.getenv("GATEHOUSE_TARGET"));

  /** All certificates of authorities that a Debian machine trusts. */
  private static final String TRUSTED = "/etc/ssl/certs/ca-certificates.crt";

  /** The path of the volume that netguard and the container beside it share. */
  public static final String MEMBERS = "/run/gatehouse/members";

  /**
   * The first of the uids that only the tests of this JVM use. Its tests run one after the other.
   */
  private static final long OWN_UIDS = 30_000 + ProcessHandle.current().pid() % 1000 * 20;

  private static final String UID_HOLDER = "uidowner";

  private static final int PORT = 8000;
  private static final int PEOPLE_PORT = 2222;

  private GatehouseImage() {}

  /** Starts a container and waits until it answers. The caller closes it. */
  public static GenericContainer<?> start(String volume, Map<String, String> settings) {
    return start(volume, settings, host -> {});
  }

  /** The same with options of `docker run`. */
  public static GenericContainer<?> start(
      String volume, Map<String, String> settings, Consumer<HostConfig> options) {
    GenericContainer<?> gatehouse =
        onVolume(volume, options)
            .withEnv(settings)
            .withExposedPorts(PORT, PEOPLE_PORT)
            .waitingFor(
                Wait.forHttp("/health").forPort(PORT).withStartupTimeout(Duration.ofSeconds(60)));
    return started(gatehouse);
  }

  /**
   * Starts netguard as compose.yaml does. It has the network and the ports of a container that
   * joins it with {@link #startBeside}.
   */
  @SuppressWarnings("resource") // closed by whoever asked for it
  public static GenericContainer<?> startNetguard(
      Map<String, String> settings, Consumer<HostConfig> options, Optional<Network> network) {
    GenericContainer<?> netguard = netguard(settings, options);
    network.ifPresent(netguard::withNetwork);
    return started(netguard);
  }

  /** A container that does not start leaves nothing behind. */
  private static GenericContainer<?> started(GenericContainer<?> container) {
    try {
      container.start();
      return container;
    } catch (RuntimeException failure) {
      container.stop();
      throw failure;
    }
  }

  @SuppressWarnings("resource") // closed by whoever asked for it
  private static GenericContainer<?> netguard(
      Map<String, String> settings, Consumer<HostConfig> options) {
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
                      .withSecurityOpts(List.of("no-new-privileges"));
              addSysctls(
                  host, Map.of("net.ipv4.tcp_syncookies", "0", "net.ipv4.tcp_synack_retries", "0"));
              options.accept(host);
              var unused =
                  command
                      .withHostConfig(host)
                      .withEntrypoint(
                          "/usr/bin/tini", "--", "/usr/lib/gatehouse/netguard/netguard");
            });
  }

  /** Besides those that the container has already. */
  public static void addSysctls(HostConfig host, Map<String, String> sysctls) {
    Map<String, String> all =
        new HashMap<>(Objects.requireNonNullElse(host.getSysctls(), Map.of()));
    all.putAll(sysctls);
    var unused = host.withSysctls(all);
  }

  /** Passes on this machine's proxy, so that the container can reach registries. */
  public static void trustWhomThisMachineTrusts(HostConfig host) {
    if (Files.exists(Path.of(TRUSTED))) {
      addBind(host, TRUSTED, "/etc/gatehouse/certificates/this-machine.pem");
    }
  }

  /** Besides those that the container has already. */
  public static void addBind(HostConfig host, String source, String path) {
    List<Bind> all = new ArrayList<>();
    Optional.ofNullable(host.getBinds()).ifPresent(binds -> all.addAll(List.of(binds)));
    all.add(new Bind(source, new Volume(path)));
    var unused = host.withBinds(all);
  }

  /** Starts a container in the network of netguard, which also has its ports. */
  public static GenericContainer<?> startBeside(
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
    return started(gatehouse);
  }

  public static GenericContainer<?> onVolume(String volume) {
    return onVolume(volume, host -> {});
  }

  @SuppressWarnings("resource") // closed by whoever asked for it
  public static GenericContainer<?> onVolume(String volume, Consumer<HostConfig> options) {
    return new GenericContainer<>(NAME)
        .withCreateContainerCmdModifier(
            command -> {
              HostConfig host = Objects.requireNonNull(command.getHostConfig());
              var unused = host.withSecurityOpts(List.of("no-new-privileges"));
              addBind(host, volume, "/home");
              options.accept(host);
            });
  }

  /** The volume is in memory, so that an attack that fills it does not fill the machine's disk. */
  public static void createBoundedVolume(String volume, String size) {
    DockerClientFactory.instance()
        .client()
        .createVolumeCmd()
        .withName(volume)
        .withDriverOpts(Map.of("type", "tmpfs", "device", "tmpfs", "o", "mode=755,size=" + size))
        .exec();
  }

  public static void removeVolume(String volume) {
    try {
      DockerClientFactory.instance().client().removeVolumeCmd(volume).exec();
    } catch (NotFoundException none) {
      // Docker creates a volume together with the container, which could not be created.
    }
  }

  public static String address(GenericContainer<?> container) {
    return "http://127.0.0.1:" + port(container);
  }

  /**
   * Makes all users that come after this call get uids that users of no other JVM of tests have.
   * The kernel counts a user's processes by uid, in all containers together, so tests that run at
   * the same time would take processes from each other.
   *
   * @param anybody a client of the container that may act for every user
   */
  public static void useUidsOfItsOwn(GenericContainer<?> container, Client anybody) {
    // An account takes the uid of the home that is there, and each new account the next larger uid.
    String owner = Long.toString(OWN_UIDS);
    String home = "/home/" + UID_HOLDER;
    ExecResult made =
        runAsRoot(container, "install", "-d", "-m", "700", "-o", owner, "-g", owner, home);
    String uid = made.getStderr() + anybody.user(UID_HOLDER).run("id -u").output();
    if (!uid.equals(owner + "\n")) {
      throw new IllegalStateException("uid " + owner + " cannot be taken: " + uid);
    }
  }

  /** The address on loopback at which this machine reaches the container's gateway. */
  public static int port(GenericContainer<?> container) {
    return container.getMappedPort(PORT);
  }

  public static Client client(GenericContainer<?> container, String token) {
    return new Client(address(container), Map.of("Authorization", "Bearer " + token));
  }

  /** The container's address in its network. */
  public static String ownAddress(GenericContainer<?> container) {
    return container
        .getContainerInfo()
        .getNetworkSettings()
        .getNetworks()
        .values()
        .iterator()
        .next()
        .getIpAddress();
  }

  /** Runs a program as root in the container, as an admin does with `docker exec`. */
  public static ExecResult runAsRoot(GenericContainer<?> container, String... command) {
    try {
      return container.execInContainer(command);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interruption) {
      throw new IllegalStateException(interruption);
    }
  }

  /** The output of a command in a login over plain ssh with this key. */
  public static String ssh(
      GenericContainer<?> container, Path key, String account, String command) {
    return PlainSsh.run(key, peoplePort(container), account, command);
  }

  /** The port at which this machine reaches the container's sshd for people. */
  public static int peoplePort(GenericContainer<?> container) {
    return container.getMappedPort(PEOPLE_PORT);
  }

  /** The address at which containers reach this machine. */
  public static String bridgeAddress() {
    return RealSshd.run(
            "/bin/bash", "-c", "ip -4 -o addr show docker0 | sed 's/.*inet \\([0-9.]*\\).*/\\1/'")
        .strip();
  }
}
