package io.gatehouse.gateway.http.files;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gatehouse.gateway.chat.Workspace;
import io.gatehouse.gateway.files.Listing;
import io.gatehouse.gateway.files.OpenContent;
import io.gatehouse.gateway.files.OpenFile;
import io.gatehouse.gateway.files.OpenText;
import io.gatehouse.gateway.files.UserFiles;
import io.gatehouse.gateway.http.binding.NoParameters;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.transfer.Downloads;
import io.gatehouse.gateway.http.transfer.WrittenFile;
import io.gatehouse.gateway.session.AccountPath;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lists, reads and changes files. */
public final class FileEndpoints {

  private final UserFiles files;
  private final Downloads downloads;

  public FileEndpoints(UserFiles files, Downloads downloads) {
    this.files = files;
    this.downloads = downloads;
  }

  public void list(Exchange exchange) throws IOException {
    AccountPath directory = exchange.openPath(exchange.query(ListQuery.class).directory());
    Listing listing = files.list(directory.account(), directory.path(), exchange.held());
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartObject();
          json.writeStringField("dir", directory.path());
          json.writeBooleanField("writable", listing.writable());
          json.writeArrayFieldStart("entries");
          for (Listing.Entry entry : listing.entries()) {
            write(json, entry);
          }
          json.writeEndArray();
          if (listing.truncated()) {
            json.writeBooleanField("truncated", true);
          }
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Listing.Entry entry) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", entry.name());
    json.writeStringField("type", kind(entry.directory()));
    json.writeNumberField("size", entry.size());
    json.writeNumberField("modified", entry.modified().getEpochSecond());
    json.writeBooleanField("writable", entry.writable());
    json.writeEndObject();
  }

  static String kind(boolean directory) {
    return directory ? "directory" : "file";
  }

  public void read(Exchange exchange) throws IOException {
    ReadQuery request = exchange.query(ReadQuery.class);
    AccountPath file = exchange.openPath(request.path());
    OpenContent content =
        files.openContent(
            file.account(),
            file.path(),
            request.startLine().orElse(1),
            request.endLine().orElse(Integer.MAX_VALUE),
            exchange.held());
    try (content) {
      switch (content) {
        case OpenText text -> write(exchange, file.path(), text);
        case OpenFile bytes -> downloads.binary(exchange, file.path(), bytes);
      }
    }
  }

  private static void write(Exchange exchange, String path, OpenText text) throws IOException {
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartObject();
          json.writeStringField("path", path);
          json.writeFieldName("content");
          json.writeString(text.lines(), -1);
          json.writeNumberField("total_lines", text.totalLines());
          json.writeEndObject();
        });
  }

  public void display(Exchange exchange) throws IOException {
    PathQuery request = exchange.query(PathQuery.class);
    AccountPath file = exchange.openPath(request.path());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("path", file.path());
    answer.put("exists", files.isFile(file.account(), file.path()));
    exchange.json(answer);
  }

  public void write(Exchange exchange) throws IOException {
    WriteBody request = exchange.request(NoParameters.class, WriteBody.class).body();
    AccountPath file = exchange.openPath(request.path());
    long size = files.write(file.account(), file.path(), request.content(), exchange.held());
    exchange.json(new WrittenFile(file.path(), size).toAnswer());
  }

  public void replace(Exchange exchange) throws IOException {
    ReplaceBody request = exchange.request(NoParameters.class, ReplaceBody.class).body();
    AccountPath file = exchange.openPath(request.path());
    long size =
        files.replace(
            file.account(),
            file.path(),
            request.replacements().stream().map(ReplacementBody::toReplacement).toList(),
            exchange.held());
    exchange.json(new WrittenFile(file.path(), size).toAnswer());
  }

  public void makeDirectory(Exchange exchange) throws IOException {
    PathBody request = exchange.request(NoParameters.class, PathBody.class).body();
    AccountPath directory = exchange.openPath(request.path());
    files.makeDirectory(directory.account(), directory.path());
    exchange.json(Map.of("path", directory.path()));
  }

  public void move(Exchange exchange) throws IOException {
    MoveBody request = exchange.request(NoParameters.class, MoveBody.class).body();
    Workspace workspace = exchange.openWorkspace();
    String source = workspace.resolve(request.source());
    String destination = workspace.resolve(request.destination());
    files.move(workspace.account(), source, destination);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("source", source);
    answer.put("destination", destination);
    exchange.json(answer);
  }

  public void delete(Exchange exchange) throws IOException {
    PathQuery request = exchange.query(PathQuery.class);
    AccountPath file = exchange.openPath(request.path());
    boolean directory = files.delete(file.account(), file.path());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("path", file.path());
    answer.put("type", kind(directory));
    exchange.json(answer);
  }

  public void compare(Exchange exchange) throws IOException {
    CompareBody request = exchange.request(NoParameters.class, CompareBody.class).body();
    Workspace workspace = exchange.openWorkspace();
    exchange.bytes(
        "application/json",
        files.compare(
            workspace.account(),
            workspace.resolve(request.original()),
            workspace.resolve(request.revised()),
            request.ignoreWhitespace(),
            exchange.held()));
  }
}
