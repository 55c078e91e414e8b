package io.gatehouse.documents;

import java.util.Locale;
import java.util.Set;
import org.apache.tika.parser.html.DefaultHtmlMapper;
import org.jspecify.annotations.Nullable;

/** Keeps, of HTML, also the attributes that say which places of a table a cell takes. */
final class TableHtml extends DefaultHtmlMapper {

  @Override
  public @Nullable String mapSafeAttribute(String element, String attribute) {
    String name = attribute.toLowerCase(Locale.ROOT);
    return Set.of("colspan", "rowspan").contains(name)
        ? name
        : super.mapSafeAttribute(element, attribute);
  }
}
