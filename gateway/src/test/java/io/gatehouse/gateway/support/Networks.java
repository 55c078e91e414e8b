package io.gatehouse.gateway.support;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/** The ways in which netguard and the container beside it keep the accounts' networks apart. */
public enum Networks {
  /** All accounts are in the network of the container, as with compose.yaml. */
  SHARED,
  /** Each account has a network of its own, as with compose.namespaces.yaml. */
  OWN;

  /** The settings of netguard and of the container beside it. */
  public Map<String, String> settings() {
    return this == OWN
        ? Map.of("GATEHOUSE_HARDEN", "processes folders cgroup seccomp network")
        : Map.of();
  }

  public void ofNetguard(HostConfig host) {
    if (this == OWN) {
      GatehouseImage.addSysctls(host, Map.of("net.ipv4.ip_forward", "1"));
    }
  }

  public void ofGatehouse(HostConfig host) {
    if (this == OWN) {
      var unused =
          host.withCapAdd(Capability.SYS_ADMIN, Capability.NET_ADMIN)
              .withSecurityOpts(List.of("no-new-privileges", "apparmor=unconfined"));
    }
  }

  /** A running netguard with no other settings. */
  public GenericContainer<?> startNetguard() {
    return GatehouseImage.startNetguard(settings(), this::ofNetguard, Optional.empty());
  }

  /** A running netguard in a network of containers. */
  public GenericContainer<?> startNetguard(
      Map<String, String> settings, String members, Network network) {
    return GatehouseImage.startNetguard(
        settings,
        host -> {
          ofNetguard(host);
          GatehouseImage.addBind(host, members, GatehouseImage.MEMBERS);
        },
        Optional.of(network));
  }
}
