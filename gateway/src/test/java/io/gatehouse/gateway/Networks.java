package io.gatehouse.gateway;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/** How netguard and the container beside it keep the accounts' networks apart. */
enum Networks {
  /** All accounts are in the container's, as compose.yaml has it. */
  SHARED,
  /** Each account has one of its own, as compose.namespaces.yaml has it. */
  OWN;

  /** Of both containers. */
  Map<String, String> settings() {
    return this == OWN
        ? Map.of("GATEHOUSE_HARDEN", "processes folders cgroup seccomp network")
        : Map.of();
  }

  void ofNetguard(HostConfig host) {
    if (this == OWN) {
      GatehouseImage.addSysctls(host, Map.of("net.ipv4.ip_forward", "1"));
    }
  }

  void ofGatehouse(HostConfig host) {
    if (this == OWN) {
      var unused =
          host.withCapAdd(Capability.SYS_ADMIN, Capability.NET_ADMIN)
              .withSecurityOpts(List.of("no-new-privileges", "apparmor=unconfined"));
    }
  }

  /** A running netguard with no other settings. */
  GenericContainer<?> startNetguard() {
    return GatehouseImage.startNetguard(settings(), this::ofNetguard, Optional.empty());
  }

  /** A running netguard in a network of containers. */
  GenericContainer<?> startNetguard(Map<String, String> settings, String members, Network network) {
    return GatehouseImage.startNetguard(
        settings,
        host -> {
          ofNetguard(host);
          GatehouseImage.addBind(host, members, GatehouseImage.MEMBERS);
        },
        Optional.of(network));
  }
}
