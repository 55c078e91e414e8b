package io.gatehouse.documents;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ComparisonTest {

  @TempDir Path directory;

  private String compare(String old, String young, boolean ignoreWhitespace)
      throws IOException, UnreadableException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Comparison(
            plain(Files.writeString(directory.resolve("old.txt"), old)),
            plain(Files.writeString(directory.resolve("new.txt"), young)),
            ignoreWhitespace)
        .writeJson(out);
    return out.toString(UTF_8);
  }

  private static ComparedFile.Source plain(Path file) {
    return new ComparedFile.Source(file, "UTF-8");
  }

  @Test
  void readsTextInTheEncodingItIsTold() throws Exception {
    Path latin = Files.write(directory.resolve("l.txt"), "\u00FC\n".getBytes(ISO_8859_1));
    Path marked = Files.write(directory.resolve("m.txt"), "\uFEFF\u00FC\n".getBytes(UTF_16LE));
    Path torn = Files.write(directory.resolve("t.txt"), new byte[] {(byte) 0xFC, '\n'});
    ByteArrayOutputStream same = new ByteArrayOutputStream();
    new Comparison(
            new ComparedFile.Source(latin, "windows-1252"),
            new ComparedFile.Source(marked, "UTF-16LE"),
            false)
        .writeJson(same);
    assertThat(same.toString(UTF_8)).contains("\"hunks\":[]");
    ByteArrayOutputStream other = new ByteArrayOutputStream();
    new Comparison(new ComparedFile.Source(marked, "UTF-16LE"), plain(torn), false)
        .writeJson(other);
    assertThat(other.toString(UTF_8)).contains("\"content\":\"\uFFFD\"");
  }

  @Test
  void showsChangedWordsWithTheirSurroundings() throws Exception {
    assertThat(compare("1\n2\n3\n4\n5 same old\n6\n", "1\n2\n3\n4\n5 same new\n6\n", false))
        .startsWith("{\"original\":{\"path\":\"" + directory.resolve("old.txt") + "\"")
        .contains("\"additions\":1,\"deletions\":1")
        .contains("\"header\":\"@@ -2,5 +2,5 @@\"")
        .contains(
            "{\"type\":\"context\",\"oldNumber\":2,\"newNumber\":2,\"content\":\"2\","
                + "\"revisedContent\":\"2\",\"segments\":[{\"text\":\"2\",\"changed\":false}]}")
        .contains(
            "{\"type\":\"removed\",\"oldNumber\":5,\"newNumber\":null,\"content\":\"5 same old\","
                + "\"segments\":[{\"text\":\"5 same \",\"changed\":false},"
                + "{\"text\":\"old\",\"changed\":true}]}")
        .contains("{\"type\":\"added\",\"oldNumber\":null,\"newNumber\":5");
  }

  @Test
  void countsAndJoinsHunks() throws Exception {
    String old = "a\n".repeat(30);
    assertThat(compare(old, "x\n" + old + "y\n", false))
        .contains("\"additions\":2,\"deletions\":0")
        .contains("\"header\":\"@@ -1,3 +1,4 @@\"")
        .contains("\"header\":\"@@ -28,3 +29,4 @@\"");
    assertThat(compare("a\nb\nc\nd\n", "x\nb\nc\ny\n", false).split("header", -1)).hasSize(2);
    assertThat(compare("same\n", "same\n", false)).contains("\"hunks\":[]");
    assertThat(compare("", "new\n", false)).contains("\"header\":\"@@ -0,0 +1,1 @@\"");
  }

  @Test
  void ignoresBlanksOnlyWhereAsked() throws Exception {
    assertThat(compare("a b\r\n", " a  b\n", true)).contains("\"hunks\":[]");
    assertThat(compare("a b\r\n", " a  b\n", false)).contains("\"additions\":1");
  }

  @Test
  void refusesWhatIsNoText() {
    assertThatThrownBy(() -> compare("a\0b", "x", false))
        .isInstanceOf(UnreadableException.class)
        .hasMessageStartingWith("old.txt: Unsupported binary file");
    assertThatThrownBy(() -> compare("x", "y\n".repeat(50_001), false))
        .hasMessageStartingWith("new.txt: Extracted text exceeds the comparison limit");
  }
}
