package io.gatehouse.gateway.http.files;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gatehouse.gateway.files.ContentSearch;
import io.gatehouse.gateway.files.NameSearch;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.exchange.Turns;
import io.gatehouse.gateway.session.AccountPath;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Finds files by name and by content. */
public final class SearchEndpoints {

  /**
   * How many searches of one user run at a time. Each is a program that keeps a processor busy, and
   * without cgroups every running program gets the same share: another user's command would wait
   * for dozens of them.
   */
  private static final int SEARCHES_AT_A_TIME =
      Math.max(2, Runtime.getRuntime().availableProcessors());

  /** As long as a search may take itself. */
  private static final Duration SEARCH_WAIT = ContentSearch.LIMIT;

  private final ContentSearch contents;
  private final NameSearch names;
  private final Turns searching = new Turns(SEARCHES_AT_A_TIME, SEARCH_WAIT);

  public SearchEndpoints(ContentSearch contents, NameSearch names) {
    this.contents = contents;
    this.names = names;
  }

  public void grep(Exchange exchange) throws IOException {
    GrepQuery request = exchange.query(GrepQuery.class);
    AccountPath place = exchange.openPath(request.path());
    ContentSearch.Result result =
        searching.run(
            exchange.userId(),
            () ->
                contents.search(
                    place.account(),
                    new ContentSearch.Query(
                        request.query(),
                        place.path(),
                        request.regex(),
                        request.caseInsensitive(),
                        request.include().orElse(List.of()),
                        request.matchPerLine(),
                        request.maxResults()),
                    exchange.held()));
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartObject();
          json.writeStringField("query", request.query());
          json.writeStringField("path", place.path());
          json.writeArrayFieldStart("matches");
          for (ContentSearch.Match match : result.matches()) {
            json.writeStartObject();
            json.writeStringField("file", match.file());
            if (match.line().isPresent()) {
              json.writeNumberField("line", match.line().getAsLong());
              json.writeStringField("content", match.content());
            }
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeBooleanField("truncated", result.truncated());
          json.writeEndObject();
        });
  }

  public void glob(Exchange exchange) throws IOException {
    GlobQuery request = exchange.query(GlobQuery.class);
    AccountPath place = exchange.openPath(request.path());
    NameSearch.Result result =
        searching.run(
            exchange.userId(),
            () ->
                names.glob(
                    place.account(),
                    place.path(),
                    request.pattern(),
                    request.exclude().orElse(List.of()),
                    request.kind(),
                    request.maxResults(),
                    exchange.held()));
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartObject();
          json.writeStringField("pattern", request.pattern());
          json.writeStringField("path", place.path());
          json.writeArrayFieldStart("matches");
          for (NameSearch.Found found : result.found()) {
            json.writeStartObject();
            json.writeStringField("path", found.path());
            describe(json, found);
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeBooleanField("truncated", result.truncated());
          json.writeEndObject();
        });
  }

  private static void describe(JsonGenerator json, NameSearch.Found found) throws IOException {
    json.writeStringField("type", FileEndpoints.kind(found.directory()));
    json.writeNumberField("size", found.size());
    json.writeNumberField("modified", found.modified());
  }

  public void search(Exchange exchange) throws IOException {
    SearchQuery request = exchange.query(SearchQuery.class);
    AccountPath place = exchange.openPath(request.path());
    NameSearch.Result result =
        searching.run(
            exchange.userId(),
            () ->
                names.search(
                    place.account(),
                    place.path(),
                    request.query(),
                    request.kind(),
                    request.showHidden(),
                    request.limit(),
                    exchange.held()));
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartObject();
          json.writeArrayFieldStart("results");
          for (NameSearch.Found found : result.found()) {
            json.writeStartObject();
            json.writeStringField("path", found.path());
            json.writeStringField(
                "name", found.path().substring(found.path().lastIndexOf('/') + 1));
            describe(json, found);
            json.writeEndObject();
          }
          json.writeEndArray();
          if (result.truncated()) {
            json.writeBooleanField("truncated", true);
          }
          json.writeEndObject();
        });
  }

  public void matches(Exchange exchange) throws IOException {
    MatchQuery request = exchange.query(MatchQuery.class);
    String query = request.query().strip();
    if (query.isEmpty()) {
      throw new RefusedException(400, "Query must not be blank");
    }
    AccountPath place = exchange.openPath(request.path());
    NameSearch.MatchPage page =
        searching.run(
            exchange.userId(),
            () ->
                names.matches(
                    place.account(),
                    place.path(),
                    query,
                    request.showHidden(),
                    request.offset(),
                    request.limit(),
                    exchange.held()));
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartObject();
          json.writeArrayFieldStart("results");
          for (NameSearch.RankedMatch match : page.matches()) {
            write(json, match);
          }
          json.writeEndArray();
          if (page.next().isPresent()) {
            json.writeNumberField("next_offset", page.next().getAsInt());
          } else {
            json.writeNullField("next_offset");
          }
          if (page.truncated()) {
            json.writeBooleanField("truncated", true);
          }
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, NameSearch.RankedMatch match) throws IOException {
    json.writeStartObject();
    json.writeStringField("path", match.path());
    json.writeStringField("relative_path", match.relativePath());
    json.writeStringField("name", match.name());
    json.writeStringField("type", FileEndpoints.kind(match.directory()));
    json.writeBooleanField("name_match", match.byName());
    json.writeArrayFieldStart("content_matches");
    for (NameSearch.LineMatch line : match.lines()) {
      json.writeStartObject();
      json.writeNumberField("line", line.line());
      json.writeNumberField("column", line.column());
      json.writeStringField("text", line.text());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
