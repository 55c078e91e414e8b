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
   * How many searches of one user run at a time. Each search is a program that keeps a processor
   * busy. Without cgroups every running program gets the same share of the processors, so dozens of
   * searches would slow down the commands of other users.
   */
  private static final int SEARCHES_AT_A_TIME =
      Math.max(2, Runtime.getRuntime().availableProcessors());

  /** How long a search waits for its turn: as long as a search may take. */
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
    answer(
        exchange,
        json -> {
          json.writeStringField("query", request.query());
          json.writeStringField("path", place.path());
          writeAll(json, "matches", result.matches(), SearchEndpoints::write);
          json.writeBooleanField("truncated", result.truncated());
        });
  }

  private static void write(JsonGenerator json, ContentSearch.Match match) throws IOException {
    json.writeStringField("file", match.file());
    if (match.line().isPresent()) {
      json.writeNumberField("line", match.line().getAsLong());
      json.writeStringField("content", match.content());
    }
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
                    request.type(),
                    request.maxResults(),
                    exchange.held()));
    answer(
        exchange,
        json -> {
          json.writeStringField("pattern", request.pattern());
          json.writeStringField("path", place.path());
          writeAll(
              json,
              "matches",
              result.found(),
              (object, found) -> {
                object.writeStringField("path", found.path());
                describe(object, found);
              });
          json.writeBooleanField("truncated", result.truncated());
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
                    request.type(),
                    request.showHidden(),
                    request.limit(),
                    exchange.held()));
    answer(
        exchange,
        json -> {
          writeAll(
              json,
              "results",
              result.found(),
              (object, found) -> {
                String path = found.path();
                object.writeStringField("path", path);
                object.writeStringField("name", path.substring(path.lastIndexOf('/') + 1));
                describe(object, found);
              });
          writeIfTruncated(json, result.truncated());
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
    answer(
        exchange,
        json -> {
          writeAll(json, "results", page.matches(), SearchEndpoints::write);
          if (page.next().isPresent()) {
            json.writeNumberField("next_offset", page.next().getAsInt());
          } else {
            json.writeNullField("next_offset");
          }
          writeIfTruncated(json, page.truncated());
        });
  }

  private static void write(JsonGenerator json, NameSearch.RankedMatch match) throws IOException {
    json.writeStringField("path", match.path());
    json.writeStringField("relative_path", match.relativePath());
    json.writeStringField("name", match.name());
    json.writeStringField("type", FileEndpoints.kind(match.directory()));
    json.writeBooleanField("name_match", match.byName());
    writeAll(
        json,
        "content_matches",
        match.lines(),
        (object, line) -> {
          object.writeNumberField("line", line.line());
          object.writeNumberField("column", line.column());
          object.writeStringField("text", line.text());
        });
  }

  private static void writeIfTruncated(JsonGenerator json, boolean truncated) throws IOException {
    if (truncated) {
      json.writeBooleanField("truncated", true);
    }
  }

  /** Writes the fields of the answer's one object. */
  @FunctionalInterface
  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static void answer(Exchange exchange, Fields fields) throws IOException {
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartObject();
          fields.writeTo(json);
          json.writeEndObject();
        });
  }

  /** Writes the fields of the object that stands for one item of a list. */
  @FunctionalInterface
  private interface FieldsOf<T> {
    void write(JsonGenerator json, T item) throws IOException;
  }

  private static <T> void writeAll(
      JsonGenerator json, String name, List<T> items, FieldsOf<T> fields) throws IOException {
    json.writeArrayFieldStart(name);
    for (T item : items) {
      json.writeStartObject();
      fields.write(json, item);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
