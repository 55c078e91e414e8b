package io.gatehouse.documents;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.tika.detect.microsoft.POIFSContainerDetector;
import org.apache.tika.detect.microsoft.ooxml.OPCPackageDetector;
import org.apache.tika.detect.zip.DefaultZipContainerDetector;
import org.apache.tika.detect.zip.IPADetector;
import org.apache.tika.detect.zip.JarDetector;
import org.apache.tika.detect.zip.KMZDetector;
import org.apache.tika.detect.zip.OpenDocumentDetector;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.mime.MediaType;
import org.apache.tika.mime.MediaTypeRegistry;
import org.apache.tika.parser.CompositeParser;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;

/**
 * Finds the parser of office files without Tika's list of all media types. Loading this list takes
 * a third of the time in which a small document is read.
 *
 * <p>The result is that of Tika's detector of all types. It asks the detectors that are used here
 * before it looks into its list, and the list could replace their answer only by a subtype of it.
 * The types that are accepted here have no subtypes.
 */
final class QuickFormats {

  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] OLD_OFFICE = {(byte) 0xd0, (byte) 0xcf, 0x11, (byte) 0xe0};

  /** Types of Office before 2007. Those of Excel and Outlook are not among them. */
  private static final Set<MediaType> OLD_OFFICE_TYPES =
      Set.of(MediaType.application("msword"), MediaType.application("vnd.ms-powerpoint"));

  private static final String OPEN_DOCUMENT = "application/vnd.oasis.opendocument.";

  private QuickFormats() {}

  /**
   * The parser of the document, with the type in the metadata; empty if Tika's detector of all
   * types has to be asked.
   */
  static Optional<Parser> parser(TikaInputStream in, Metadata metadata) throws IOException {
    Optional<MediaType> type = type(in, metadata);
    Optional<Parser> reader = type.flatMap(QuickFormats::reader);
    if (type.isPresent() && reader.isPresent()) {
      metadata.set(Metadata.CONTENT_TYPE, type.get().toString());
    }
    // CompositeParser turns the failures of the reader into those of Tika.
    return reader.map(each -> new CompositeParser(new MediaTypeRegistry(), each));
  }

  /** What the detectors of containers find; empty if the file is no container. */
  private static Optional<MediaType> type(TikaInputStream in, Metadata metadata)
      throws IOException {
    byte[] start = new byte[ZIP.length];
    in.peek(start);
    if (Arrays.equals(start, OLD_OFFICE)) {
      return Optional.of(new POIFSContainerDetector().detect(in, metadata));
    }
    if (!Arrays.equals(start, ZIP)) {
      return Optional.empty();
    }
    // In this order Tika asks them. Those that it asks later find no office files.
    return Optional.of(
        new DefaultZipContainerDetector(
                List.of(
                    new OPCPackageDetector(),
                    new IPADetector(),
                    new JarDetector(),
                    new KMZDetector(),
                    new OpenDocumentDetector()))
            .detect(in, metadata));
  }

  /** The parser of a type; empty if Tika's list of types is needed to know the type. */
  static Optional<Parser> reader(MediaType type) {
    if (OLD_OFFICE_TYPES.contains(type)) {
      return Optional.of(new OldOfficeReader());
    }
    Parser reader =
        type.toString().startsWith(OPEN_DOCUMENT) ? new OpenDocumentReader() : new PackageReader();
    return Optional.of(reader)
        .filter(each -> each.getSupportedTypes(new ParseContext()).contains(type));
  }
}
