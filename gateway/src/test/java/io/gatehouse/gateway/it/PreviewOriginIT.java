package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pages under {@code GATEHOUSE_PREVIEW_SAME_ORIGIN}, through a real sshd. */
final class PreviewOriginIT {

  private static final String KEY = "integration-test-key";
  private static final String SANDBOX = "sandbox allow-scripts allow-forms allow-downloads";

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client alice;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of("GATEHOUSE_PREVIEW_SAME_ORIGIN", "true"));
    alice =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY))
            .user("alice");
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static Optional<String> policy(Client client, String path) {
    return client.bytes(path).headers().firstValue("Content-Security-Policy");
  }

  @Test
  void leavesTheOriginOfPagesAloneToOpenWebUisFrame() {
    for (String name : new String[] {"page.html", "image.svg"}) {
      alice.post("/files/write", Map.of("path", name, "content", "<p>x</p>"));
    }
    String served = "/files/serve/home/ghitalice/";
    assertThat(policy(alice, served + "page.html")).contains("frame-ancestors 'self'");
    assertThat(policy(alice, served + "image.svg")).contains(SANDBOX);
    assertThat(policy(alice, "/files/view?path=page.html")).contains(SANDBOX);
    assertThat(policy(alice.with("Sec-Fetch-Dest", "document"), served + "page.html"))
        .contains(SANDBOX);
    assertThat(alice.get(served + "missing.html").response().headers().map())
        .doesNotContainKey("Content-Security-Policy");
  }
}
