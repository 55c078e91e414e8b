package io.gatehouse.gateway.http.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TransferEndpointsTest {

  @Test
  void namesAnAttachmentForOldAndNewClients() {
    assertThat(TransferEndpoints.attachment("plain name.zip"))
        .isEqualTo("attachment; filename=\"plain name.zip\"");
    assertThat(TransferEndpoints.attachment("a\"b\\ü\r\n.zip"))
        .isEqualTo(
            "attachment; filename=\"a_b____.zip\"; filename*=UTF-8''a%22b%5C%C3%BC%0D%0A.zip");
  }

  @Test
  void encodesAllThatRfc5987HasNoPlaceFor() {
    assertThat(TransferEndpoints.attachment("*'()! 100%;\té😀\n"))
        .isEqualTo(
            "attachment; filename=\"*'()! 100_;____\";"
                + " filename*=UTF-8''%2A%27%28%29%21%20100%25%3B%09%C3%A9%F0%9F%98%80%0A");
  }

  @ParameterizedTest
  @CsvSource({
    "a.html,text/html",
    "a.css,text/css",
    "a.js,text/javascript",
    "a.png,image/png",
    "a.svg,image/svg+xml",
    "a.pdf,application/pdf",
    "a.mp4,video/mp4",
    "a.txt,text/plain",
    "a.md,text/markdown",
    "a.json,application/json",
    "a.docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "archive.zip,application/zip",
    "none,application/octet-stream",
  })
  void knowsMediaTypes(String name, String type) {
    assertThat(Downloads.mediaType("/home/x/" + name)).isEqualTo(type);
  }
}
