package io.gatehouse.documents;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Runs one operation on documents and ends: {@code text FILE} or {@code compare FILE READING FILE
 * READING IGNORE_WHITESPACE}, where READING is {@code document} or the encoding of a plain text.
 * The result goes to standard output. If the document cannot be read, a sentence that says why goes
 * to standard error, and the exit status is 3.
 */
public final class Main {

  private static final int UNREADABLE = 3;

  private Main() {}

  public static void main(String[] arguments) {
    PrintStream complaints = System.err;
    // Some libraries print to standard output, which is what the caller reads as the result.
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    nameServices();
    try (OutputStream out =
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 64 * 1024)) {
      run(arguments, out);
    } catch (UnreadableException refusal) {
      complaints.println(refusal.getMessage());
      System.exit(UNREADABLE);
    } catch (IOException | RuntimeException failure) {
      complaints.println("The document could not be read; it may be damaged or need a password");
      System.exit(UNREADABLE);
    }
  }

  /**
   * Names the implementations that libraries would look for in every jar. They are the ones that
   * would be found.
   */
  private static void nameServices() {
    String xml = "com.sun.org.apache.xerces.internal.jaxp.";
    System.setProperty("javax.xml.parsers.SAXParserFactory", xml + "SAXParserFactoryImpl");
    System.setProperty(
        "javax.xml.parsers.DocumentBuilderFactory", xml + "DocumentBuilderFactoryImpl");
    System.setProperty("slf4j.provider", "org.slf4j.nop.NOPServiceProvider");
    System.setProperty("log4j.provider", "org.apache.logging.log4j.simple.internal.SimpleProvider");
  }

  private static void run(String[] arguments, OutputStream out)
      throws IOException, UnreadableException {
    switch (arguments[0]) {
      case "text" -> DocumentText.write(Path.of(arguments[1]), out);
      case "compare" ->
          new Comparison(
                  new ComparedFile.Source(Path.of(arguments[1]), arguments[2]),
                  new ComparedFile.Source(Path.of(arguments[3]), arguments[4]),
                  Boolean.parseBoolean(arguments[5]))
              .writeJson(out);
      default ->
          throw new IllegalArgumentException(
              "the operation must be text or compare, not " + arguments[0]);
    }
  }
}
