package io.gatehouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/** Where users may go outside, with netguard beside the image, in a network of containers. */
@Tag("image")
@Timeout(180)
final class EgressImageIT {

  private static final String KEY = "egress-key";
  private static final String DOMAINS = "OPEN_TERMINAL_ALLOWED_DOMAINS";
  private static final String FETCH = "curl -sS -m 3 -o /dev/null -w '%{http_code}' http://";

  private static Network network;
  private static GenericContainer<?> good;
  private static GenericContainer<?> bad;

  @BeforeAll
  static void start() {
    network = Network.newNetwork();
    good = server("good.test");
    bad = server("bad.test");
  }

  @AfterAll
  static void stop() {
    good.stop();
    bad.stop();
    network.close();
  }

  @SuppressWarnings("resource") // stopped above
  private static GenericContainer<?> server(String name) {
    GenericContainer<?> server =
        new GenericContainer<>(GatehouseImage.NAME)
            .withNetwork(network)
            .withNetworkAliases(name, "sub." + name)
            .withCreateContainerCmdModifier(
                command -> command.withEntrypoint("python3", "-m", "http.server", "8080"));
    server.start();
    return server;
  }

  /** Does something as a user of a gateway whose netguard and itself have these settings. */
  private static void with(Map<String, String> settings, Consumer<Client> user) {
    String volume = "gatehouse-egress-it-" + UUID.randomUUID();
    GenericContainer<?> netguard = GatehouseImage.startNetguard(settings, network);
    try {
      var own =
          new HashMap<>(
              Map.of("OPEN_TERMINAL_API_KEY", KEY, "OPEN_TERMINAL_USER_ISOLATION", "true"));
      own.putAll(settings);
      GenericContainer<?> gatehouse = GatehouseImage.startBeside(netguard, volume, own, host -> {});
      try {
        user.accept(GatehouseImage.client(netguard, KEY).user("alice-id"));
      } finally {
        gatehouse.stop();
        GatehouseImage.removeVolume(volume);
      }
    } finally {
      netguard.stop();
    }
  }

  private static String fetch(Client user, String where) {
    return user.run(FETCH + where + ":8080/").output();
  }

  private static String addressOf(GenericContainer<?> server) {
    return server
        .getContainerInfo()
        .getNetworkSettings()
        .getNetworks()
        .values()
        .iterator()
        .next()
        .getIpAddress();
  }

  @Test
  void everywhereWhereNothingIsSet() {
    with(
        Map.of(),
        user -> {
          assertThat(fetch(user, "good.test")).isEqualTo("200");
          assertThat(fetch(user, "bad.test")).isEqualTo("200");
        });
  }

  @Test
  void nowhereWhereTheSettingIsEmpty() {
    with(
        Map.of(DOMAINS, ""),
        user -> {
          assertThat(fetch(user, "good.test")).doesNotContain("200");
          assertThat(fetch(user, addressOf(good))).doesNotContain("200");
          // Nor by questions to a resolver, which carry data too.
          assertThat(user.run("getent hosts good.test").exitCode()).isNotZero();
        });
  }

  @Test
  void toTheListedDomainsAndWhatIsBelowThem() {
    with(
        Map.of(DOMAINS, "good.test"),
        user -> {
          assertThat(fetch(user, "good.test")).isEqualTo("200");
          assertThat(fetch(user, "sub.good.test")).isEqualTo("200");
          assertThat(fetch(user, "bad.test")).doesNotContain("200");
          assertThat(fetch(user, addressOf(bad))).doesNotContain("200");
          assertThat(user.run("getent hosts bad.test").exitCode()).isNotZero();
          // Own servers work as ever.
          assertThat(
                  user.run(
                          "python3 -m http.server 8081 >/dev/null 2>&1 & sleep 1; "
                              + FETCH
                              + "127.0.0.1:8081/; kill %1")
                      .output())
              .contains("200");
        });
  }

  @Test
  void startsNotWithoutNetguard() {
    String volume = "gatehouse-egress-it-" + UUID.randomUUID();
    try {
      assertThatThrownBy(
              () ->
                  GatehouseImage.start(
                          volume,
                          Map.of(
                              "OPEN_TERMINAL_API_KEY",
                              KEY,
                              "OPEN_TERMINAL_USER_ISOLATION",
                              "true",
                              DOMAINS,
                              "good.test"))
                      .stop())
          .hasStackTraceContaining("Container startup failed");
    } finally {
      GatehouseImage.removeVolume(volume);
    }
  }
}
