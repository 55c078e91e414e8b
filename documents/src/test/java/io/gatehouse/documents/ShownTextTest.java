package io.gatehouse.documents;

import static io.gatehouse.documents.MadeDocument.linesOf;
import static io.gatehouse.documents.MadeDocument.open;
import static io.gatehouse.documents.MadeDocument.word;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the text read from a document is the text that its own program shows. */
final class ShownTextTest {

  private static final String BY = " w:id='1' w:author='Ann' w:date='2026-01-01T00:00:00Z'";

  @TempDir Path directory;

  private static String p(String content) {
    return "<w:p>" + content + "</w:p>";
  }

  private static String r(String text) {
    return "<w:r><w:t xml:space='preserve'>" + text + "</w:t></w:r>";
  }

  private static String deleted(String text) {
    return "<w:del" + BY + "><w:r><w:delText>" + text + "</w:delText></w:r></w:del>";
  }

  private static String marked(String mark, String content) {
    return p("<w:pPr><w:rPr>" + mark + "</w:rPr></w:pPr>" + content);
  }

  private static String cell(String... paragraphs) {
    return "<w:tc><w:tcPr/>" + String.join("", paragraphs) + "</w:tc>";
  }

  private String wordText(String body) throws Exception {
    return wordText(body, Map.of());
  }

  private String wordText(String body, Map<String, String> parts) throws Exception {
    return linesOf(word(directory.resolve("a.docx"), body, parts));
  }

  @Test
  void acceptsTheChangesOfRuns() throws Exception {
    String inserted = "<w:ins" + BY + ">" + r("200") + "</w:ins>";
    assertThat(wordText(p(r("Price: ") + deleted("100") + inserted))).isEqualTo("Price: 200");
    String both = "<w:ins" + BY + ">" + deleted("typed and deleted") + r("kept") + "</w:ins>";
    assertThat(wordText(p(r("a ") + both))).isEqualTo("a kept");
    String field =
        "<w:del"
            + BY
            + "><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:delInstrText> PAGE"
            + " </w:delInstrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:del>";
    assertThat(wordText(p(field + r("rest")))).isEqualTo("rest");
  }

  @Test
  void readsMovedTextWhereItIsNow() throws Exception {
    String from =
        "<w:moveFromRangeStart"
            + BY
            + " w:name='m'/><w:moveFrom"
            + BY
            + ">"
            + r("moved ")
            + "</w:moveFrom><w:moveFromRangeEnd w:id='1'/>";
    String to = "<w:moveTo" + BY + ">" + r("moved ") + "</w:moveTo>";
    assertThat(wordText(p(from + r("one")) + p(to + r("two")))).isEqualTo("one\nmoved two");
    String whole =
        marked("<w:moveFrom" + BY + "/>", "<w:moveFrom" + BY + ">" + r("x") + "</w:moveFrom>");
    assertThat(wordText(whole + p(to))).isEqualTo("moved");
  }

  @Test
  void joinsParagraphsWhoseMarkIsDeleted() throws Exception {
    String mark = "<w:del" + BY + "/>";
    assertThat(wordText(marked(mark, r("one ")) + p(r("two")) + p(r("three"))))
        .isEqualTo("one two\nthree");
    assertThat(
            wordText(
                marked(mark, r("1"))
                    + "<w:bookmarkStart w:id='1' w:name='b'/>"
                    + marked(mark, r("2"))
                    + marked("<w:b/>", r("3"))))
        .isEqualTo("123");
    assertThat(wordText(p(r("one")) + marked(mark, deleted("gone")) + p(r("two"))))
        .isEqualTo("one\ntwo");
    String older = "<w:rPrChange" + BY + "><w:rPr><w:vanish/></w:rPr></w:rPrChange>";
    assertThat(wordText(marked(older, r("one")) + p(r("two")))).isEqualTo("one\ntwo");
    // At the end of a cell and of the document, no paragraph follows.
    assertThat(
            wordText(
                "<w:tbl><w:tr>"
                    + cell(marked(mark, r("a")))
                    + cell(p(r("b")))
                    + "</w:tr></w:tbl>"
                    + marked(mark, r("end"))
                    + "<w:sectPr/>"))
        .isEqualTo("a\tb\nend");
  }

  @Test
  void leavesOutDeletedRowsAndCells() throws Exception {
    String row = "<w:tr>" + cell(p(r("a"))) + cell(p(r("b"))) + "</w:tr>";
    String gone =
        "<w:tr><w:tblPrEx/><w:trPr><w:del"
            + BY
            + "/></w:trPr>"
            + cell(p(r("x")))
            + cell(p(deleted("y")))
            + "</w:tr>";
    String oneLess =
        "<w:tr>"
            + cell(p(r("c")))
            + "<w:tc><w:tcPr><w:cellDel"
            + BY
            + "/></w:tcPr>"
            + p(r("z"))
            + "</w:tc></w:tr>";
    assertThat(wordText("<w:tbl>" + row + gone + oneLess + "</w:tbl>")).isEqualTo("a\tb\nc");
  }

  @Test
  void leavesOutHiddenText() throws Exception {
    String hidden = "<w:r><w:rPr><w:b/><w:vanish/></w:rPr><w:t>secret</w:t></w:r>";
    String not = "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t> not</w:t></w:r>";
    assertThat(wordText(p(r("shown") + hidden + not))).isEqualTo("shown not");
    String styles =
        "<w:style w:type='character' w:styleId='H'><w:rPr><w:vanish/></w:rPr></w:style>"
            + "<w:style w:type='paragraph' w:styleId='P'><w:basedOn w:val='H'/></w:style>";
    String byStyle = "<w:r><w:rPr><w:rStyle w:val='H'/></w:rPr><w:t>secret</w:t></w:r>";
    String shownAgain =
        "<w:r><w:rPr><w:rStyle w:val='H'/><w:vanish w:val='false'/></w:rPr><w:t>shown</w:t></w:r>";
    String paragraph = p("<w:pPr><w:pStyle w:val='P'/></w:pPr>" + r("secret"));
    assertThat(wordText(p(byStyle + shownAgain) + paragraph, Map.of("styles", styles)))
        .isEqualTo("shown");
    assertThat(wordText(marked("<w:vanish/>", r("Heading. ")) + p(r("Text"))))
        .isEqualTo("Heading. Text");
  }

  @Test
  void readsFieldsAsTheirResults() throws Exception {
    String field =
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>"
            + "<w:r><w:fldChar w:fldCharType='separate'/></w:r>"
            + r("7")
            + "<w:r><w:fldChar w:fldCharType='end'/></w:r>";
    String simple = "<w:fldSimple w:instr=' DATE '>" + r("today") + "</w:fldSimple>";
    assertThat(wordText(p(field + r(" is the page of ") + simple)))
        .isEqualTo("7 is the page of today");
  }

  @Test
  void numbersNotesAndComments() throws Exception {
    String body =
        p(
                r("one")
                    + "<w:r><w:footnoteReference w:id='5'/></w:r>"
                    + r(" two")
                    + "<w:r><w:footnoteReference w:id='7'/></w:r><w:r><w:endnoteReference"
                    + " w:id='3'/></w:r>")
            + p(
                "<w:commentRangeStart w:id='9'/>"
                    + r("three")
                    + "<w:commentRangeEnd w:id='9'/>"
                    + "<w:r><w:commentReference w:id='9'/></w:r>")
            + p(r("four") + "<w:del" + BY + "><w:r><w:commentReference w:id='8'/></w:r></w:del>");
    Map<String, String> parts =
        Map.of(
            "footnotes",
            "<w:footnote w:type='separator' w:id='0'>"
                + p(r("line"))
                + "</w:footnote>"
                + "<w:footnote w:id='5'>"
                + p(r("first note"))
                + "</w:footnote>"
                + "<w:footnote w:id='7'>"
                + p(r("second note"))
                + "</w:footnote>",
            "endnotes",
            "<w:endnote w:id='3'>" + p(r("last note")) + "</w:endnote>",
            "comments",
            "<w:comment w:id='8' w:author='Ann'>"
                + p(r("on nothing"))
                + "</w:comment>"
                + "<w:comment w:id='9' w:author='Bob'>"
                + p(r("why?"))
                + p(r("and how?"))
                + "</w:comment>");
    assertThat(wordText(body, parts).lines())
        .containsExactlyInAnyOrder(
            "one[1] two[2][endnote 1]",
            "three[comment 1]",
            "four",
            "[1] first note",
            "[2] second note",
            "[endnote 1] last note",
            "[comment 1, Bob] why?",
            "and how?")
        .startsWith("one[1] two[2][endnote 1]", "three[comment 1]", "four");
  }

  @Test
  void readsARowOfATableAsALine() throws Exception {
    String wide = "<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>" + p(r("wide")) + "</w:tc>";
    String late =
        "<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>"
            + cell(p(r("b")))
            + cell(p(r("c")))
            + "</w:tr>";
    String table =
        "<w:tbl><w:tr>"
            + cell(p(r("a")))
            + cell(p(r("b1")), p(r("b2")))
            + cell(p(r("c<w:tab/>")))
            + "</w:tr><w:tr>"
            + wide
            + cell(p(r("c")))
            + "</w:tr><w:tr>"
            + cell(p(""))
            + cell(p(""))
            + cell(p(r("last")))
            + "</w:tr>"
            + late
            + "</w:tbl>";
    assertThat(wordText(p(r("before")) + table.replace("c<w:tab/>", "c") + p(r("after"))))
        .isEqualTo("before\na\tb1 b2\tc\nwide\t\tc\n\t\tlast\n\tb\tc\nafter");
    String inner = "<w:tbl><w:tr>" + cell(p(r("x"))) + cell(p(r("y"))) + "</w:tr></w:tbl>";
    assertThat(wordText("<w:tbl><w:tr>" + cell(p(r("a")), inner, p("")) + "</w:tr></w:tbl>"))
        .isEqualTo("a\nx\ty");
    // A frame around text is no table.
    assertThat(wordText("<w:tbl><w:tr>" + cell(p(r("one")), p(r("two"))) + "</w:tr></w:tbl>"))
        .isEqualTo("one\ntwo");
  }

  @Test
  void comparesWhatIsShown() throws Exception {
    Path old =
        word(directory.resolve("old.docx"), p(r("Price: ") + deleted("100") + r("200")), Map.of());
    Path young = word(directory.resolve("new.docx"), p(r("Price: 200")), Map.of());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Comparison(
            new ComparedFile.Source(old, "document"),
            new ComparedFile.Source(young, "document"),
            false)
        .writeJson(out);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"hunks\":[]");
  }

  @Test
  void readsOpenDocumentTextAsShown() throws Exception {
    String styles =
        "<style:style style:name='H' style:family='text'><style:text-properties"
            + " text:display='none'/></style:style>";
    String body =
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p>"
            + "</text:deletion></text:changed-region></text:tracked-changes>"
            + "<text:h text:outline-level='1'>Title</text:h>"
            + "<text:p>shown<text:span text:style-name='H'>secret</text:span>"
            + "<text:hidden-text text:is-hidden='true'>secret</text:hidden-text>"
            + "<office:annotation><dc:creator>Bob</dc:creator><dc:date>2026</dc:date>"
            + "<text:p>why?</text:p></office:annotation> text"
            + "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>a note"
            + "</text:p></text:note-body></text:note> goes on</text:p>"
            + "<table:table table:name='T'><table:table-row><table:table-cell><text:p>a</text:p>"
            + "<text:p>b</text:p></table:table-cell><table:table-cell/><table:table-cell>"
            + "<text:p>c</text:p></table:table-cell></table:table-row></table:table>";
    assertThat(linesOf(open(directory.resolve("a.odt"), "text", styles, body)))
        .isEqualTo("Title\nshown text goes on\n[comment, Bob: why?]\n[note 1 a note]\na b\t\tc");
  }

  @Test
  void readsRichTextAsShown() throws Exception {
    Path file = directory.resolve("a.rtf");
    String text =
        "{/rtf1/ansi/pard Price: {/deleted 100/'fc/u252?/tab}{/revised 200}/par"
            + " one {/deleted/par}two{/v secret {/b too}}/par {/mvf moved}{/v0 x}/plain/par"
            + " /trowd/cellx1/cellx2/cellx3/pard/intbl a/cell b1/par b2/cell/cell/row"
            + " /pard/intbl/cell/cell c/cell/row/pard"
            + " text{/*/atnid B}{/*/atnauthor Bob}{/*/annotation why?} end/par }";
    Files.writeString(file, text.replace('/', '\\'));
    assertThat(linesOf(file).replaceAll(" +", " "))
        .isEqualTo("Price: 200\none two\nx\na\tb1 b2\n\t\tc\ntext [comment, Bob: why?] end");
  }

  @Test
  void readsATableOfASlideAsLines() throws Exception {
    Path file = directory.resolve("a.pptx");
    try (XMLSlideShow show = new XMLSlideShow();
        OutputStream out = Files.newOutputStream(file)) {
      XSLFTable table = show.createSlide().createTable(2, 3);
      table.getCell(0, 0).setText("a");
      table.getCell(0, 1).setText("b1\nb2");
      table.getCell(0, 2).setText("c");
      table.getCell(1, 2).setText("last");
      show.createSlide().createTextBox().setText("hidden slide");
      show.getSlides().get(1).setHidden(true);
      show.write(out);
    }
    assertThat(linesOf(file)).isEqualTo("a\tb1 b2\tc\n\t\tlast\nhidden slide");
  }
}
