package io.gatehouse.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AuthSettingsTest {

  @Test
  void letsNobodyInByDefault() {
    AuthSettings settings = AuthSettings.of(Optional.empty(), Optional.empty());

    assertThat(settings.apiKey()).isEmpty();
    assertThat(settings.openWebUiUrl()).isEmpty();
    assertThat(settings.requestTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.positiveTtl()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.negativeTtl()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.cacheSize()).isEqualTo(10_000);
  }

  @ParameterizedTest
  @CsvSource({
    "http://open-webui:8080,          http://open-webui:8080",
    "http://open-webui:8080/,         http://open-webui:8080",
    "http://open-webui:8080///,       http://open-webui:8080",
    "https://example.org/chat,        https://example.org/chat",
    "https://example.org/chat/,       https://example.org/chat",
    "HTTPS://example.org/a/b/,        HTTPS://example.org/a/b",
    "http://[::1]:8080/,              http://[::1]:8080"
  })
  void takesTheSlashesOffTheEndOfTheUrl(URI given, URI kept) {
    assertThat(withUrl(given).openWebUiUrl()).contains(kept);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "open-webui",
        "open-webui:8080",
        "//open-webui:8080",
        "/api",
        "ftp://open-webui",
        "file:///etc/passwd",
        "http:open-webui",
        "http:///chat",
        "http://open_webui:8080",
        "http://open-webui:0",
        "http://open-webui:65536",
        "http://admin:s3cr3t@open-webui",
        "http://open-webui/?token=s3cr3t",
        "http://open-webui/#s3cr3t"
      })
  void refusesAnyOtherUrlWithoutRepeatingIt(URI url) {
    assertThatThrownBy(() -> withUrl(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the URL of Open WebUI must be http://host[:port][/path] or https://..., with no user"
                + " name, password, query or fragment, and no underscore in the host");
  }

  @Test
  void refusesLimitsThatLimitNothing() {
    assertThatThrownBy(() -> limits(Duration.ZERO, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("requestTimeout must be longer than zero");
    assertThatThrownBy(() -> limits(Duration.ofSeconds(1), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cacheSize must be at least 1");
  }

  private static AuthSettings withUrl(URI url) {
    return AuthSettings.of(Optional.empty(), Optional.of(url));
  }

  private static AuthSettings limits(Duration requestTimeout, int cacheSize) {
    return new AuthSettings(
        Optional.empty(),
        Optional.empty(),
        requestTimeout,
        AuthSettings.POSITIVE_TTL,
        AuthSettings.NEGATIVE_TTL,
        cacheSize);
  }
}
