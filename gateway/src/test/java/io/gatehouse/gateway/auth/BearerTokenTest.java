package io.gatehouse.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BearerTokenTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer sk-123",
        "bearer sk-123",
        "BEARER sk-123",
        "bEaReR sk-123",
        "Bearer   sk-123"
      })
  void readsTheTokenHoweverTheSchemeIsWritten(String header) {
    assertThat(BearerToken.parse(header)).contains(new BearerToken("sk-123"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer    ",
        "Bearer\tsk-123",
        "sk-123",
        "Basic YWxpY2U6Ym9i",
        "Bearersk-123",
        " Bearer sk-123",
        "Bearer sk-123 ",
        "Bearer sk-123, Bearer sk-456",
        "Bearer sk-123\r\nX-User-Id: bob",
        "Bearer sk-123\nX-User-Id:bob",
        "Bearer sk-\u0000123",
        "Bearer sk-\u007f123",
        "Bearer schlüssel",
        "Bearer sk\u2028123",
        "Bearer sk-123\ud83d\ude00"
      })
  void refusesWhatIsNoWellFormedToken(String header) {
    assertThat(BearerToken.parse(header)).isEmpty();
  }

  @Test
  void refusesATokenLongerThanTheLimit() {
    assertThat(BearerToken.parse("Bearer " + "a".repeat(BearerToken.LONGEST))).isPresent();
    assertThat(BearerToken.parse("Bearer " + "a".repeat(BearerToken.LONGEST + 1))).isEmpty();
  }

  @Test
  void cannotExistMalformedAndDoesNotRepeatWhatItRefuses() {
    assertThatThrownBy(() -> new BearerToken("s3cr3t with spaces"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a bearer token must have 1 to 8192 visible ASCII characters and no space");
  }

  @Test
  void matchesOnlyItself() {
    BearerToken key = new BearerToken("key-1");

    assertThat(key.matches(new BearerToken("key-1"))).isTrue();
    assertThat(key.matches(new BearerToken("key-2"))).isFalse();
    assertThat(key.matches(new BearerToken("key-"))).isFalse();
    assertThat(key.matches(new BearerToken("key-11"))).isFalse();
    assertThat(key.matches(new BearerToken("KEY-1"))).isFalse();
  }

  @Test
  void isKnownToCachesByItsHash() {
    assertThat(new BearerToken("abc").sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void neverShowsItself() {
    BearerToken token = new BearerToken("s3cr3t");

    assertThat(token).hasToString("BearerToken[redacted]");
    assertThat(Optional.of(token).toString()).doesNotContain("s3cr3t");
    assertThat(AuthSettings.of(Optional.of(token), Optional.empty()).toString())
        .doesNotContain("s3cr3t");
  }
}
