package io.gatehouse.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.poi.hslf.usermodel.HSLFSlideShow;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.apache.poi.poifs.filesystem.POIFSFileSystem;
import org.apache.tika.detect.DefaultDetector;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MediaType;
import org.apache.tika.mime.MediaTypeRegistry;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QuickFormatsTest {

  private static final String PARAGRAPH = "<w:p><w:r><w:t>text</w:t></w:r></w:p>";

  @TempDir private Path folder;

  private static Metadata named(Path file) {
    Metadata metadata = new Metadata();
    metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, file.getFileName().toString());
    return metadata;
  }

  /** The type that is found without Tika's list; empty if the list is needed. */
  private static Optional<String> quickType(Path file) throws IOException {
    Metadata metadata = named(file);
    try (TikaInputStream in = TikaInputStream.get(file)) {
      return QuickFormats.parser(in, metadata).map(parser -> metadata.get(Metadata.CONTENT_TYPE));
    }
  }

  private static String fullType(Path file) throws IOException {
    try (TikaInputStream in = TikaInputStream.get(file)) {
      return new DefaultDetector().detect(in, named(file)).toString();
    }
  }

  private static void assertFoundAsTikaDoes(Path file) throws IOException {
    assertThat(quickType(file)).as(file.toString()).hasValue(fullType(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.docx", "a.docm", "a.xlsx", "a.odt", "a.zip", "a.jar", "a.pdf", "a"})
  void findsWordDocumentsUnderEveryName(String name) throws IOException {
    assertFoundAsTikaDoes(MadeDocument.word(folder.resolve(name), PARAGRAPH, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "spreadsheet", "presentation"})
  void findsOpenDocumentsUnderEveryName(String type) throws IOException {
    for (String name : new String[] {"a.odt", "a.docx", "a.epub", "a"}) {
      assertFoundAsTikaDoes(MadeDocument.open(folder.resolve(name), type, "", ""));
    }
  }

  @Test
  void findsPresentationsOfOldPowerPoint() throws IOException {
    Path file = folder.resolve("a.ppt");
    try (HSLFSlideShow slides = new HSLFSlideShow()) {
      slides.write(Files.newOutputStream(file));
    }
    assertFoundAsTikaDoes(file);
  }

  @Test
  void leavesToTikaWhatMayHaveASubtype() throws IOException {
    Path excel = folder.resolve("a.xls");
    try (HSSFWorkbook workbook = new HSSFWorkbook()) {
      workbook.createSheet();
      workbook.write(excel.toFile());
    }
    Path unknown = folder.resolve("unknown.doc");
    try (POIFSFileSystem files = new POIFSFileSystem()) {
      files.writeFilesystem(Files.newOutputStream(unknown));
    }
    assertThat(quickType(excel)).isEmpty();
    assertThat(quickType(unknown)).isEmpty();
    assertThat(quickType(MadeDocument.book(folder.resolve("a.epub"), "text"))).isEmpty();
  }

  @Test
  void leavesToTikaFilesThatOnlyLookLikeOfficeFiles() throws IOException {
    Map<String, String> parts = Map.of("mimetype", "application/pdf");
    assertThat(quickType(MadeDocument.zip(folder.resolve("pdf.odt"), parts))).isEmpty();
    parts = Map.of("word/document.xml", "<document/>");
    assertThat(quickType(MadeDocument.zip(folder.resolve("a.docx"), parts))).isEmpty();
    for (String content : new String[] {"", "PK", "PK\3\4", "%PDF-1.7\n", "{\\rtf1 text}"}) {
      Path file = folder.resolve("b.docx");
      Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(quickType(file)).as(content).isEmpty();
    }
  }

  /** Tika's list of types can replace the answer of a container's detector only by a subtype. */
  @Test
  void acceptsOnlyTypesWithoutSubtypesWhichTikaReadsWithTheSameParser() {
    MediaTypeRegistry types = MediaTypeRegistry.getDefaultRegistry();
    Set<MediaType> accepted =
        Stream.of(new PackageReader(), new OpenDocumentReader(), new OldOfficeReader())
            .map(reader -> reader.getSupportedTypes(new ParseContext()))
            .flatMap(Set::stream)
            .filter(type -> QuickFormats.reader(type).isPresent())
            .collect(Collectors.toSet());
    assertThat(accepted).hasSizeGreaterThan(30);
    for (MediaType type : accepted) {
      assertThat(types.getChildTypes(type)).as(type.toString()).isEmpty();
      assertThat(types.normalize(type)).isEqualTo(type);
      Parser reader = QuickFormats.reader(type).orElseThrow();
      assertThat(DocumentText.readers())
          .filteredOn(each -> each.getSupportedTypes(new ParseContext()).contains(type))
          .extracting(Object::getClass)
          .isEqualTo(List.of(reader.getClass()));
    }
  }
}
