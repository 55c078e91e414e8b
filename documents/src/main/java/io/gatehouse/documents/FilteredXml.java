package io.gatehouse.documents;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import javax.xml.parsers.SAXParser;
import org.apache.tika.exception.TikaException;
import org.apache.tika.utils.XMLReaderUtils;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXNotRecognizedException;
import org.xml.sax.SAXNotSupportedException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;
import org.xml.sax.helpers.XMLFilterImpl;

/**
 * An XML parser that passes a document through a filter before Tika gets it. Tika finds this parser
 * in its parse context.
 */
final class FilteredXml extends SAXParser {

  private final Supplier<XMLFilterImpl> filters;

  /**
   * @param filters makes a filter for each part of the document
   */
  FilteredXml(Supplier<XMLFilterImpl> filters) {
    super();
    this.filters = filters;
  }

  @Override
  public void parse(InputStream in, DefaultHandler handler) throws SAXException, IOException {
    parse(new InputSource(in), handler);
  }

  @Override
  public void parse(InputSource in, DefaultHandler handler) throws SAXException, IOException {
    XMLFilterImpl filter = filters.get();
    filter.setParent(getXMLReader());
    filter.setContentHandler(handler);
    filter.setErrorHandler(handler);
    filter.setEntityResolver(handler);
    filter.setDTDHandler(handler);
    filter.parse(in);
  }

  /** Makes a new reader each time, with Tika's precautions against hostile XML. */
  @Override
  public XMLReader getXMLReader() throws SAXException {
    try {
      return XMLReaderUtils.getSAXParser().getXMLReader();
    } catch (TikaException failure) {
      throw new SAXException(failure);
    }
  }

  @Override
  @SuppressWarnings("deprecation")
  public org.xml.sax.Parser getParser() {
    throw new UnsupportedOperationException("SAX 1 is not supported");
  }

  @Override
  public boolean isNamespaceAware() {
    return true;
  }

  @Override
  public boolean isValidating() {
    return false;
  }

  @Override
  public void setProperty(String name, Object value) throws SAXNotRecognizedException {
    throw new SAXNotRecognizedException(name);
  }

  @Override
  public Object getProperty(String name)
      throws SAXNotRecognizedException, SAXNotSupportedException {
    throw new SAXNotRecognizedException(name);
  }
}
