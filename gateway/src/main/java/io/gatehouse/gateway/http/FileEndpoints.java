package io.gatehouse.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.files.Listing;
import io.gatehouse.gateway.files.OpenText;
import io.gatehouse.gateway.files.UserFiles;
import io.gatehouse.gateway.session.WorkingDirectories;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Lists, reads and changes files. */
final class FileEndpoints {

  private final UserFiles files;
  private final WorkingDirectories directories;
  private final Downloads downloads;

  FileEndpoints(UserFiles files, WorkingDirectories directories, Downloads downloads) {
    this.files = files;
    this.directories = directories;
    this.downloads = downloads;
  }

  void list(Exchange exchange) throws IOException {
    String directory = exchange.query(ListQuery.class).directory();
    Account account = exchange.account();
    String path = directories.resolve(exchange.scope(), account, directory);
    Listing listing = files.list(account, path, exchange.held());
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartObject();
          json.writeStringField("dir", path);
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

  void read(Exchange exchange) throws IOException {
    ReadQuery request = exchange.query(ReadQuery.class);
    Account account = exchange.account();
    String path = directories.resolve(exchange.scope(), account, request.path());
    Optional<OpenText> text =
        files.openText(
            account,
            path,
            request.startLine().orElse(1),
            request.endLine().orElse(Integer.MAX_VALUE),
            exchange.held());
    if (text.isEmpty()) {
      downloads.image(exchange, account, path);
      return;
    }
    try (OpenText opened = text.get()) {
      exchange.jsonStream(
          (json, out) -> {
            json.writeStartObject();
            json.writeStringField("path", path);
            json.writeFieldName("content");
            json.writeString(opened.lines(), -1);
            json.writeNumberField("total_lines", opened.totalLines());
            json.writeEndObject();
          });
    }
  }

  void display(Exchange exchange) throws IOException {
    PathQuery request = exchange.query(PathQuery.class);
    Account account = exchange.account();
    String path = directories.resolve(exchange.scope(), account, request.path());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("path", path);
    answer.put("exists", files.isFile(account, path));
    exchange.json(answer);
  }

  void write(Exchange exchange) throws IOException {
    WriteBody request = exchange.request(NoParameters.class, WriteBody.class).body();
    Account account = exchange.account();
    String path = directories.resolve(exchange.scope(), account, request.path());
    exchange.json(written(path, files.write(account, path, request.content(), exchange.held())));
  }

  void replace(Exchange exchange) throws IOException {
    ReplaceBody request = exchange.request(NoParameters.class, ReplaceBody.class).body();
    Account account = exchange.account();
    String path = directories.resolve(exchange.scope(), account, request.path());
    long size =
        files.replace(
            account,
            path,
            request.replacements().stream().map(ReplacementBody::toReplacement).toList(),
            exchange.held());
    exchange.json(written(path, size));
  }

  static Map<String, Object> written(String path, long size) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("path", path);
    answer.put("size", size);
    return answer;
  }

  void makeDirectory(Exchange exchange) throws IOException {
    PathBody request = exchange.request(NoParameters.class, PathBody.class).body();
    Account account = exchange.account();
    String path = directories.resolve(exchange.scope(), account, request.path());
    files.makeDirectory(account, path);
    exchange.json(Map.of("path", path));
  }

  void move(Exchange exchange) throws IOException {
    MoveBody request = exchange.request(NoParameters.class, MoveBody.class).body();
    Account account = exchange.account();
    String source = directories.resolve(exchange.scope(), account, request.source());
    String destination = directories.resolve(exchange.scope(), account, request.destination());
    files.move(account, source, destination);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("source", source);
    answer.put("destination", destination);
    exchange.json(answer);
  }

  void delete(Exchange exchange) throws IOException {
    PathQuery request = exchange.query(PathQuery.class);
    Account account = exchange.account();
    String path = directories.resolve(exchange.scope(), account, request.path());
    boolean directory = files.delete(account, path);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("path", path);
    answer.put("type", kind(directory));
    exchange.json(answer);
  }

  void compare(Exchange exchange) throws IOException {
    CompareBody request = exchange.request(NoParameters.class, CompareBody.class).body();
    Account account = exchange.account();
    exchange.bytes(
        "application/json",
        files.compare(
            account,
            directories.resolve(exchange.scope(), account, request.original()),
            directories.resolve(exchange.scope(), account, request.revised()),
            request.ignoreWhitespace(),
            exchange.held()));
  }
}
