package io.gatehouse.gateway.isolation;

import java.nio.file.Path;
import java.util.Set;

/**
 * The settings of the isolation probe.
 *
 * @param probe the program that tests the measures, which every account can run
 * @param sshPort the port of sshd's listener for the gateway, which no account should reach
 * @param inForce the file with the measures that are in force, for {@code
 *     sshd-config/require-isolation}
 * @param required the measures without which no account is served
 */
public record IsolationSettings(Path probe, int sshPort, Path inForce, Set<Measure> required) {

  public IsolationSettings {
    required = Set.copyOf(required);
  }
}
