package io.gatehouse.gateway.it;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.Networks;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.testcontainers.containers.GenericContainer;

/**
 * A way to run the image that SECURITY.md has a column for, with the measures that its compose
 * files require.
 *
 * @param networks the networks of netguard, if it runs beside the container
 * @param required the measures that the compose files require; the container starts only with them
 */
record Tier(
    String column, Optional<Networks> networks, String required, Consumer<HostConfig> options) {

  static final Tier PLAIN =
      new Tier(
          "docker run",
          Optional.empty(),
          "homes,shared-folders,limits",
          host -> host.withSecurityOpts(List.of()));

  /** The settings of compose.yaml. */
  static final Tier COMPOSE =
      new Tier(
          "compose.yaml",
          Optional.of(Networks.SHARED),
          "homes,shared-folders,ipc,loopback,limits",
          host ->
              GatehouseImage.addSysctls(
                  host,
                  Map.of(
                      "kernel.shmmni", "0",
                      "kernel.msgmni", "0",
                      "kernel.sem", "0 0 0 0",
                      "fs.mqueue.queues_max", "0")));

  /** The settings of compose.yaml and compose.hardened.yaml. */
  static final Tier HARDENED =
      new Tier(
          "hardened",
          Optional.of(Networks.SHARED),
          "homes,shared-folders,private-folders,ipc,loopback,processes,limits,memory,cpu,"
              + "no-new-privileges,user-namespaces",
          host -> {
            COMPOSE.options().accept(host);
            var unused =
                host.withCapAdd(Capability.SYS_ADMIN)
                    .withSecurityOpts(List.of("no-new-privileges", "apparmor=unconfined"));
          });

  /** The settings of compose.yaml, compose.hardened.yaml and compose.namespaces.yaml. */
  static final Tier NAMESPACES =
      new Tier(
          "namespaces",
          Optional.of(Networks.OWN),
          "homes,shared-folders,private-folders,ipc,loopback,sockets,processes,limits,memory,cpu,"
              + "no-new-privileges,user-namespaces",
          host -> {
            HARDENED.options().accept(host);
            Networks.OWN.ofGatehouse(host);
          });

  /** All tiers, from the weakest to the strongest. */
  static final List<Tier> ALL = List.of(PLAIN, COMPOSE, HARDENED, NAMESPACES);

  /** The settings of a container of this tier. */
  Map<String, String> settings(String key) {
    Map<String, String> settings = new HashMap<>(networks.map(Networks::settings).orElse(Map.of()));
    settings.put("OPEN_TERMINAL_API_KEY", key);
    settings.put("OPEN_TERMINAL_USER_ISOLATION", "true");
    settings.put("OPEN_TERMINAL_REQUIRE_ISOLATION", required);
    settings.put("GATEHOUSE_LIMIT_MEMORY", "300M");
    return settings;
  }

  /**
   * Starts Gatehouse, beside netguard if there is one. The caller stops both.
   *
   * @param more options of the container besides those of the tier
   */
  GenericContainer<?> start(
      Optional<GenericContainer<?>> netguard,
      String volume,
      Map<String, String> settings,
      Consumer<HostConfig> more) {
    Consumer<HostConfig> all = options.andThen(more);
    return netguard
        .<GenericContainer<?>>map(guard -> GatehouseImage.startBeside(guard, volume, settings, all))
        .orElseGet(() -> GatehouseImage.start(volume, settings, all));
  }
}
