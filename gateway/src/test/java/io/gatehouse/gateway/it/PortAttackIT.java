package io.gatehouse.gateway.it;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Tries the attacks through ports on a real sshd, with no measure of isolation that a container
 * has. {@link AttackIT} tries them in the image.
 */
final class PortAttackIT {

  private static final String KEY = "port-attack-test-key";

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static PortAttack.Scene scene;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of());
    scene = new PortAttack.Scene(gateway.port(), KEY, "alice", "bob", RealSshd.freePort(), true);
    scene.serve();
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  @TestFactory
  Stream<DynamicTest> keepsAttacksOut() {
    return PortAttack.ALL.stream()
        .map(attack -> dynamicTest(attack.name(), () -> attack.attempt().accept(scene)));
  }
}
