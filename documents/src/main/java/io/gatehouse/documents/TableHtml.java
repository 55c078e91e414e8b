package io.gatehouse.documents;

import java.util.Locale;
import java.util.Set;
import org.apache.tika.parser.html.DefaultHtmlMapper;
import org.jspecify.annotations.Nullable;

/**
 * Maps HTML as Tika does, and keeps the attributes that say how many rows and columns a cell takes.
 */
final class TableHtml extends DefaultHtmlMapper {

  @Override
  public @Nullable String mapSafeAttribute(String element, String attribute) {
    String name = attribute.toLowerCase(Locale.ROOT);
    return Set.of("colspan", "rowspan").contains(name)
        ? name
        : super.mapSafeAttribute(element, attribute);
  }
}
