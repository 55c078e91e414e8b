package io.gatehouse.gateway.http.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.http.exchange.RefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RedirectsTest {

  private static Redirects at(String path) {
    return new Redirects(3000, path, "/proxy/3000", "gatehouse.example:8000");
  }

  @ParameterizedTest
  @CsvSource({
    "/,/login,./login",
    "/a,/login,./login",
    "/a/b,/login,../login",
    "/a/b/,/,../../",
    "/a/b,c,../a/c",
    "/a/b,../../../c,../c",
    "/a/b,%2e%2E/%2e%2e/c,../c",
    "/a,/./b/../c,./c",
    "/a,?x=1,?x=1",
    "/a,#top,#top",
    "/a,http://localhost:3000,./",
    "/a,http://LOCALHOST:3000/x,./x",
    "/a,http://127.0.0.1:3000/x?y#z,./x?y#z",
    "/a,http://[::1]:3000/x,./x",
    "/a,//localhost:3000/x,./x",
    "/a,http://localhost:3000//evil.example,.//evil.example",
    "/a,https://gatehouse.example:8000/x,./x",
    "/a,http://gatehouse.example:8000/proxy/3000/x,./x",
    "/a,/proxy/3000/x,./x",
    "/a,/proxy/3000,./",
    "/a,/x:y,./x:y",
    "/a,/b%2Fc,./b%2Fc",
    "/a,http://localhost:3001/x,",
    "/a,http://localhost/x,",
    "/a,https://evil.example/,",
    "/a,//evil.example/,",
    "/a,///evil.example/,./evil.example/",
    "/a,http://localhost:3000@evil.example/,",
    "/a,http://user@localhost:3000/,",
    "/a,http://localhost:3000.evil.example/,",
    "/a,/\\evil.example,",
    "/a,\\\\evil.example,",
    "/a,javascript:alert(1),",
    "/a,data:text/html;base64,",
    "/a,http:/evil.example,",
    "/a,http:evil.example,",
    "/a,ftp://localhost:3000/,",
  })
  void staysWithTheServer(String path, String location, String relative) {
    assertThat(at(path).relative(location).orElse(null)).isEqualTo(relative);
  }

  @ParameterizedTest
  @CsvSource({
    "/proxy/3000,,/,false",
    "/proxy/3000/,,/,true",
    "/proxy/3000//a%2Fb,x=%20,//a%2Fb?x=%20,true"
  })
  void keepsThePathAsItCame(String uri, String query, String target, boolean complete) {
    ProxyPath path = ProxyPath.of(uri, query == null ? "" : query, 3000);
    assertThat(path.target()).isEqualTo(target);
    assertThat(path.complete()).isEqualTo(complete);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/x/../proxy/3000/",
        "/proxy/%33000/",
        "/proxy/03000/",
        "/proxy/3000;x/",
        "//proxy/3000/"
      })
  void refusesAPathThatHidesItsPort(String uri) {
    assertThatThrownBy(() -> ProxyPath.of(uri, "", 3000)).isInstanceOf(RefusedException.class);
  }

  @Test
  void letsNothingThroughThatCountsForAnOrigin() {
    assertThat(AnswerHeaders.passes("content-disposition")).isTrue();
    assertThat(AnswerHeaders.passes("etag")).isTrue();
    for (String name :
        new String[] {
          "set-cookie",
          "clear-site-data",
          "access-control-allow-origin",
          "strict-transport-security",
          "x-accel-redirect",
          "link",
          "alt-svc",
          "service-worker-allowed",
          "www-authenticate"
        }) {
      assertThat(AnswerHeaders.passes(name)).as(name).isFalse();
    }
  }
}
