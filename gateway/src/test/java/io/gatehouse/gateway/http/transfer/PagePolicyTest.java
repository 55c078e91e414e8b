package io.gatehouse.gateway.http.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PagePolicyTest {

  private static final String POLICY = "Content-Security-Policy";
  private static final String NOBODY = "sandbox allow-scripts allow-forms allow-downloads";

  private final PagePolicy strict = new PagePolicy(false);
  private final PagePolicy open = new PagePolicy(true);

  /** Browsers run scripts in all kinds of XML, and an unknown type may be one of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "application/xhtml+xml",
        "image/svg+xml",
        "application/xml",
        "application/rss+xml",
        "application/xslt+xml",
        "application/mathml+xml",
        "text/plain",
        "application/x-made-up"
      })
  void givesNoFileTheOriginByDefault(String type) {
    assertThat(PagePolicy.of(type)).containsEntry(POLICY, NOBODY);
    for (Optional<String> destination :
        java.util.List.of(
            Optional.<String>empty(), Optional.of("iframe"), Optional.of("document"))) {
      assertThat(strict.ofPage(type, destination)).containsEntry(POLICY, NOBODY);
    }
  }

  @Test
  void showsPdfOutsideOfASandbox() {
    assertThat(PagePolicy.of("application/pdf")).isEmpty();
    assertThat(open.ofPage("application/pdf", Optional.empty())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "application/xhtml+xml"})
  void leavesTheOriginToOpenWebUisFrameWhereTheAdminAllowsIt(String type) {
    assertThat(open.ofPage(type, Optional.empty()))
        .containsEntry(POLICY, "frame-ancestors 'self'")
        .containsEntry("Vary", "Sec-Fetch-Dest");
    assertThat(open.ofPage(type, Optional.of("iframe")))
        .containsEntry(POLICY, "frame-ancestors 'self'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"document", "embed", "object", "", "made-up"})
  void keepsTheOriginFromAPageThatIsKnownToBeOpenedByItself(String destination) {
    assertThat(open.ofPage("text/html", Optional.of(destination)))
        .containsEntry(POLICY, NOBODY)
        .containsEntry("Vary", "Sec-Fetch-Dest");
  }

  @Test
  void givesNothingButPagesTheOrigin() {
    assertThat(open.ofPage("image/svg+xml", Optional.of("iframe"))).containsEntry(POLICY, NOBODY);
    assertThat(PagePolicy.of("text/html")).containsEntry(POLICY, NOBODY);
  }
}
