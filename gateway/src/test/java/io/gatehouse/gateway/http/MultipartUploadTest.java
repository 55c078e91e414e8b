package io.gatehouse.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MultipartUploadTest {

  private static final long LARGEST = 1_000_000;
  private static final Optional<String> TYPE = Optional.of("multipart/form-data; boundary=b");

  private static String part(String disposition, String content) {
    return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
  }

  private static MultipartUpload open(String body) throws IOException {
    return MultipartUpload.open(
        new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), TYPE, LARGEST);
  }

  private static String content(MultipartUpload upload) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(upload.transferTo(out)).isEqualTo(out.size());
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "name=\"file\"; filename=\"a.txt\" | a.txt",
        "name=file; filename=a.txt | a.txt",
        "name=\"file\"; filename=\"ünï ✓.txt\" | ünï ✓.txt",
        "name=\"file\"; filename=\"a;b.txt\" | a;b.txt",
        "name=\"file\"; filename=\"up/../a.txt\" | a.txt",
        "name=\"file\"; filename=\"\" | upload",
        "name=\"file\"; filename*=UTF-8''%C3%BC%20+.txt | ü +.txt",
      })
  void readsTheFilesName(String disposition, String name) throws IOException {
    MultipartUpload upload = open(part(disposition, "content") + "--b--\r\n");
    assertThat(upload.fileName()).isEqualTo(name);
    assertThat(content(upload)).isEqualTo("content");
  }

  @Test
  void findsTheFileAmongOtherFields() throws IOException {
    String large = "0123456789".repeat(50_000) + "\r\n--other\r\n--";
    MultipartUpload upload =
        open(
            part("name=\"other\"", "ignored")
                + part("name=\"file\"; filename=\"x\"", large)
                + part("name=\"last\"; filename=\"y\"", "ignored")
                + "--b--\r\n");
    assertThat(content(upload)).isEqualTo(large);
  }

  @ParameterizedTest
  @ValueSource(strings = {"name=\"other\"; filename=\"x\"", "name=\"file\""})
  void saysThatTheFileIsMissing(String disposition) {
    assertThatThrownBy(() -> open(part(disposition, "x") + "--b--\r\n"))
        .isInstanceOf(ValidationException.class);
    assertThatThrownBy(
            () ->
                MultipartUpload.open(
                    new ByteArrayInputStream(new byte[0]), Optional.of("text/plain"), LARGEST))
        .isInstanceOf(ValidationException.class);
  }

  @Test
  void refusesABodyThatEndsTooSoon() throws IOException {
    MultipartUpload upload = open(part("name=\"file\"; filename=\"x\"", "half"));
    assertThatThrownBy(() -> content(upload))
        .isInstanceOf(RefusedException.class)
        .hasMessage("the upload is no whole multipart/form-data body");
    assertThatThrownBy(() -> open("")).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> open("no multipart at all")).isInstanceOf(RefusedException.class);
  }

  @Test
  void refusesAFileThatIsTooLarge() throws IOException {
    MultipartUpload upload =
        open(part("name=\"file\"; filename=\"x\"", "x".repeat(1_000_001)) + "--b--\r\n");
    assertThatThrownBy(() -> content(upload)).hasMessage("a file has at most 1000000 bytes");
  }
}
