package io.gatehouse.gateway.http.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.problem.ValidationException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
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
        "name=\"file\"; filename=\"plain\"; filename*=iso-8859-1'en'%FC.txt | ü.txt",
        "NAME = \"file\" ;FileName= \"a\" | a",
        "name=\"file\"; filename=\"a\\b.txt\" | a\\b.txt",
        "name=\"file\"; filename=\"a\\\\b.txt\" | a\\b.txt",
        "name=\"file\"; filename=\"say \\\"hi\\\".txt\" | say \"hi\".txt",
        "name=\"file\"; filename=\"say \\\"hi\\\"\" | say \"hi\"",
        "name=\"file\"; filename=\"say %22hi%22.txt\" | say \"hi\".txt",
        "name=\"file\"; filename=\"ends in \\\" | ends in \\",
        "name=\"file\"; filename=\"C:\\new\\table.txt\" | C:\\new\\table.txt",
        "name=\"file\"; filename=\"100%.txt\" | 100%.txt",
        "name=\"file\"; filename=\"a%20b+%2F.txt\" | a%20b+%2F.txt",
        "name=\"file\"; filename=\"😀 e\u0301.txt\" | 😀 e\u0301.txt",
        "name=\"file\"; filename=\"filename=x; name=y\" | filename=x; name=y",
        "name=\"file\"; filename=\"a  b\" | a  b",
        "name=\"file\"; filename=\"a\tb\u0001\u007f.txt\" | a\tb\u0001\u007f.txt",
        "name=\"file\"; filename=\"..\" | ..",
        "name=\"file\"; filename=\"unclosed | unclosed",
      })
  void readsTheFilesName(String disposition, String name) throws IOException {
    MultipartUpload upload = open(part(disposition, "content") + "--b--\r\n");
    assertThat(upload.fileName()).isEqualTo(name);
    assertThat(content(upload)).isEqualTo("content");
  }

  @ParameterizedTest
  @ValueSource(strings = {" a ", "  ", "\ta"})
  void keepsBlanksAroundAName(String name) throws IOException {
    assertThat(open(part("name=\"file\"; filename=\"" + name + "\"", "x") + "--b--\r\n").fileName())
        .isEqualTo(name);
  }

  @Test
  void readsLineBreaksInAName() throws IOException {
    String disposition = "name=\"file\"; filename=\"a%0Ab%0D%0Ac\"";
    assertThat(open(part(disposition, "x") + "--b--\r\n").fileName()).isEqualTo("a\nb\r\nc");
  }

  @Test
  void keepsTheBytesOfANameThatIsNotUtf8() throws IOException {
    byte[] body =
        (part("name=\"file\"; filename=\"caf\u00e9\"", "x") + "--b--\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThat(MultipartUpload.open(new ByteArrayInputStream(body), TYPE, LARGEST).fileName())
        .isEqualTo("caf\uefe9");
  }

  @Test
  void readsHeadersThatComeByteByByte() throws IOException {
    byte[] body =
        (part("name=\"other\"", "a\tb\u0001") + part("name=\"file\"; filename=\"a\tü\"", "\u0001x"))
            .concat("--b--\r\n")
            .getBytes(StandardCharsets.UTF_8);
    InputStream slow =
        new FilterInputStream(new ByteArrayInputStream(body)) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, 1);
          }
        };
    MultipartUpload upload = MultipartUpload.open(slow, TYPE, LARGEST);
    assertThat(upload.fileName()).isEqualTo("a\tü");
    assertThat(content(upload)).isEqualTo("\u0001x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ü", "UTF-8''%C3", "UTF-8''%C3%ZZ", "UTF-8''a%4", "koi8-r''a", "UTF-8''ü"})
  void refusesAnExtendedNameThatIsNone(String name) {
    assertThatThrownBy(
            () -> open(part("name=\"file\"; filename*=" + name, "x") + "--b--\r\n").fileName())
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith("filename* must be UTF-8'' or ISO-8859-1'' and then the name");
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

  @ParameterizedTest
  @ValueSource(strings = {"multipart/form-data; boundary=\"b", "multipart/form-data; x=\""})
  void refusesAContentTypeWithHalfAQuote(String contentType) {
    assertThatThrownBy(
            () ->
                MultipartUpload.open(
                    new ByteArrayInputStream(new byte[0]), Optional.of(contentType), LARGEST))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("both quotes or none");
  }

  @Test
  void refusesABodyThatEndsTooSoon() throws IOException {
    MultipartUpload upload = open(part("name=\"file\"; filename=\"x\"", "half"));
    assertThatThrownBy(() -> content(upload))
        .isInstanceOf(RefusedException.class)
        .hasMessage("the upload must be a complete multipart/form-data body; send it again");
    assertThatThrownBy(() -> open("")).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> open("no multipart at all")).isInstanceOf(RefusedException.class);
  }

  @Test
  void refusesAFileThatIsTooLarge() throws IOException {
    MultipartUpload upload =
        open(part("name=\"file\"; filename=\"x\"", "x".repeat(1_000_001)) + "--b--\r\n");
    assertThatThrownBy(() -> content(upload))
        .hasMessage("an uploaded file must have at most 1000000 bytes");
  }
}
