package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.HeldBytes;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.ShellWord;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Reads documents with the program {@code documents}, which runs in a JVM of its own in the user's
 * login. A hostile document can act there only with the user's rights, for a bounded time and in
 * bounded memory.
 */
public final class Documents {

  /**
   * The limit for reading a text. Together with the login and the answer, a request takes half a
   * minute at most.
   */
  private static final Duration TEXT_LIMIT = Duration.ofSeconds(25);

  /** The limit for a comparison, as in Open Terminal. */
  private static final Duration COMPARISON_LIMIT = Duration.ofSeconds(60);

  private static final Duration PREVIEW_LIMIT = Duration.ofSeconds(60);

  /** The largest file, in bytes, that the program compares, as in Open Terminal. */
  static final long LARGEST_COMPARED = 50L * 1024 * 1024;

  /** The most bytes of the text or PDF that is made of a document. */
  private static final int MOST = 32 * 1024 * 1024;

  /** The exit status of the program if it cannot read the document. */
  private static final int UNREADABLE = 3;

  private static final Set<String> EXTENSIONS =
      Set.of(
          "pdf", "doc", "docx", "docm", "dot", "dotx", "xls", "xlsx", "xlsm", "xlsb", "ppt", "pptx",
          "pptm", "pps", "ppsx", "rtf", "odt", "ods", "odp", "epub", "eml", "msg", "mbox");

  /** The extensions of files for which the file pane asks for a preview. */
  private static final Set<String> PREVIEWED =
      Set.of("doc", "docx", "odt", "rtf", "ppt", "pptx", "odp", "xls", "xlsx", "ods");

  private final Path java;
  private final Path program;
  private final Optional<Path> cache;
  private final Optional<Path> office;

  /**
   * @param java a JVM that every account may run
   * @param program the jar of {@code documents}, with its libraries in the same folder
   * @param cache the AOT cache of this JVM and program; empty if there is none
   * @param office the program of LibreOffice, which makes previews; empty if it is not installed
   */
  public Documents(Path java, Path program, Optional<Path> cache, Optional<Path> office) {
    this.java = java;
    this.program = program;
    this.cache = cache;
    this.office = office;
  }

  /** Whether a file of this name is read as a document and not as plain text. */
  static boolean isDocument(String path) {
    return EXTENSIONS.contains(Paths.extension(path));
  }

  /**
   * The text of a document, in UTF-8.
   *
   * @throws FileException UNREADABLE if the document cannot be read within the limits
   */
  HeldBytes text(Session session, String path, Lease held) {
    return run(session, held, "text", TEXT_LIMIT, path);
  }

  /**
   * One of two files to compare.
   *
   * @param charset the encoding of its text; empty if the file is a document
   */
  record Compared(String path, Optional<Charset> charset) {

    /** The argument that makes the program read a file as a document, in place of an encoding. */
    private static final String DOCUMENT = "document";

    String reading() {
      return charset.map(Charset::name).orElse(DOCUMENT);
    }
  }

  /** The comparison of two files as JSON. */
  HeldBytes comparison(
      Session session, Compared original, Compared revised, boolean ignoreWhitespace, Lease held) {
    return run(
        session,
        held,
        "compare",
        COMPARISON_LIMIT,
        original.path(),
        original.reading(),
        revised.path(),
        revised.reading(),
        Boolean.toString(ignoreWhitespace));
  }

  private HeldBytes run(
      Session session, Lease held, String operation, Duration limit, String... arguments) {
    StringBuilder text =
        new StringBuilder("exec ")
            .append(ShellWord.quote(java.toString()))
            // The JVM uses one core and little memory, and writes no file when it crashes.
            .append(" -Xmx384m -Xss2m -XX:+UseSerialGC -XX:TieredStopAtLevel=1")
            .append(" -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData -XX:-CreateCoredumpOnCrash")
            .append(" -XX:ErrorFile=/dev/null -Dfile.encoding=UTF-8 -Dsun.jnu.encoding=UTF-8")
            // A warning of the JVM would be a part of the output.
            .append(" -Djava.awt.headless=true -Xlog:disable");
    cache.ifPresent(file -> text.append(" -XX:AOTCache=").append(ShellWord.quote(file.toString())));
    text.append(" -jar ").append(ShellWord.quote(program.toString())).append(' ').append(operation);
    for (String argument : arguments) {
      text.append(' ').append(ShellWord.quote(argument));
    }
    try (Pipe pipe = session.pipe(text.toString(), limit)) {
      HeldBytes output = readBounded(pipe, held);
      requireSuccess(pipe, limit);
      return output;
    } catch (IOException failure) {
      throw new FileException(
          Reason.UNREADABLE,
          "The document could not be read: the program that reads it broke off. Try again.",
          failure);
    }
  }

  private static HeldBytes readBounded(Pipe pipe, Lease held) throws IOException {
    HeldBytes output = HeldBytes.read(pipe.output(), MOST + 1L, held);
    if (output.size() > MOST) {
      throw new FileException(
          Reason.UNREADABLE,
          "The document has more than "
              + MOST
              + " bytes of text; read a part of it with a command");
    }
    return output;
  }

  private static void requireSuccess(Pipe pipe, Duration limit) {
    int code = pipe.exit().code();
    if (pipe.timedOut()) {
      throw new FileException(
          Reason.UNREADABLE,
          "The document could not be read within " + limit.toSeconds() + " seconds");
    }
    if (code == UNREADABLE) {
      throw new FileException(Reason.UNREADABLE, pipe.errors().strip());
    }
    if (code != 0) {
      throw new FileException(
          Reason.UNREADABLE,
          "The document needs more memory than one document may take; divide it, or export it as"
              + " text");
    }
  }

  /** Whether the preview of a file of this name is a PDF. Other files are shown unchanged. */
  static boolean isPreviewed(String path) {
    return PREVIEWED.contains(Paths.extension(path));
  }

  /**
   * The file as PDF.
   *
   * @throws FileException UNSUPPORTED_TYPE where LibreOffice is not installed
   */
  HeldBytes preview(Session session, String path, Lease held) {
    return render(
        session,
        held,
        office.orElseThrow(
            () ->
                new FileException(
                    Reason.UNSUPPORTED_TYPE,
                    "This server cannot show this file, because LibreOffice is not installed;"
                        + " download the file")),
        path);
  }

  private static HeldBytes render(Session session, Lease held, Path office, String path) {
    String folder = "folder=$(mktemp -d) && trap 'rm -rf -- \"$folder\"' EXIT; ";
    String program =
        ShellWord.quote(office.toString())
            + " -env:UserInstallation=file://\"$folder\"/profile --headless --nologo --nolockcheck"
            + " --nofirststartwizard --nodefault --convert-to pdf --outdir \"$folder\" "
            + ShellWord.quote(path);
    try (Pipe pipe =
        session.pipe(
            folder + program + " >/dev/null 2>&1; cat -- \"$folder\"/*.pdf", PREVIEW_LIMIT)) {
      HeldBytes pdf = readBounded(pipe, held);
      if (pipe.exit().code() != 0 || pipe.timedOut()) {
        throw new FileException(
            Reason.UNREADABLE, "The document could not be rendered; download it to see it");
      }
      return pdf;
    } catch (IOException failure) {
      throw new FileException(
          Reason.UNREADABLE,
          "The document could not be rendered: the program that does it broke off. Try again.",
          failure);
    }
  }
}
