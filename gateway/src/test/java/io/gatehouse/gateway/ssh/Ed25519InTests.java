package io.gatehouse.gateway.ssh;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Registers the JDK's Ed25519 with MINA before the tests of each class, as {@link SshConnector}
 * does for the gateway. Some tests use MINA's keys before the gateway's own code.
 */
public final class Ed25519InTests implements BeforeAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    JdkEd25519.register();
  }
}
