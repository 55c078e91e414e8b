package io.gatehouse.gateway.http.describe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocsPageTest {

  private static final Pattern ADDRESS = Pattern.compile("(?:href|src)=\"([^\"]*)\"");

  private final DocsPage docs = new DocsPage();

  private static String text(Asset asset) {
    return new String(asset.bytes(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "/docs, /docs, /docs/",
    "/docs/, /docs/, /docs/",
    "/docs, /t/hostA/docs, /t/hostA/docs/",
    "/docs/, /t/hostA/docs/, /t/hostA/docs/"
  })
  void findsItsFilesBehindEveryPrefixAndWithOrWithoutSlash(
      String requestPath, String browserPath, String folder) {
    URI browser = URI.create("http://gateway" + browserPath);
    List<String> addresses =
        ADDRESS
            .matcher(text(docs.page(requestPath)))
            .results()
            .map((MatchResult match) -> match.group(1))
            .toList();

    assertThat(addresses).hasSize(5);
    for (String address : addresses) {
      String path = browser.resolve(address).getPath();
      assertThat(path).startsWith(folder);
      assertThat(docs.asset(path.substring(folder.length()))).as(path).isPresent();
    }
  }

  @Test
  void asksNoOtherHostAndRunsNoInlineScript() {
    String page = text(docs.page("/docs"));
    String script = text(docs.asset("docs.js").orElseThrow());

    assertThat(page).doesNotContain("//", "<style", "style=", "onload").doesNotContain("<script>");
    assertThat(script).doesNotContain("http://", "https://").contains("validatorUrl: null");
    assertThat(DocsPage.CONTENT_SECURITY_POLICY)
        .startsWith("default-src 'none'; script-src 'self';")
        .doesNotContain("unsafe-eval", "http");
  }

  @Test
  void servesTheFilesWithTheirTypes() {
    assertThat(docs.page("/docs").contentType()).isEqualTo("text/html; charset=utf-8");
    assertThat(docs.asset("swagger-ui.css"))
        .get()
        .returns("text/css; charset=utf-8", Asset::contentType);
    assertThat(docs.asset("favicon-32x32.png")).get().returns("image/png", Asset::contentType);
    assertThat(text(docs.asset("swagger-ui-bundle.js").orElseThrow())).contains("SwaggerUIBundle");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "..", "/", "index.html", "oauth2-redirect.html", "swagger-initializer.js",
        "../docs.js", "./docs.js", "/docs.js", "DOCS.JS", "docs.js/", "docs.js\0", "%2e%2e/docs.js",
        "../../../../../io/gatehouse/gateway/http/DocsPage.class", "/etc/passwd"
      })
  void servesNothingElse(String name) {
    assertThat(docs.asset(name)).isEmpty();
  }
}
