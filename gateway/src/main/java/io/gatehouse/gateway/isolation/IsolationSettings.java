package io.gatehouse.gateway.isolation;

import java.nio.file.Path;
import java.util.Set;

/**
 * What is tried, and what must not be missing.
 *
 * @param probe the program that tries, which every account can run
 * @param sshPort the port of sshd's listener for the gateway, which no account should reach
 * @param inForce the file in which {@code sshd-config/require-isolation} reads what is in force
 * @param required the measures without which nobody is served
 */
public record IsolationSettings(Path probe, int sshPort, Path inForce, Set<Measure> required) {

  public IsolationSettings {
    required = Set.copyOf(required);
  }
}
