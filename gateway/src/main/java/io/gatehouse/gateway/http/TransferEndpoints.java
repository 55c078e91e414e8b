package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.files.UserFiles;
import io.gatehouse.gateway.files.ZipDownload;
import io.gatehouse.gateway.session.HeldBytes;
import io.gatehouse.gateway.session.WorkingDirectories;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Moves whole files in and out, however large. */
final class TransferEndpoints {

  private final UserFiles files;
  private final WorkingDirectories directories;
  private final Downloads downloads;
  private final long largestUpload;

  /**
   * @param largestUpload bytes of one uploaded file
   */
  TransferEndpoints(
      UserFiles files, WorkingDirectories directories, Downloads downloads, long largestUpload) {
    this.files = files;
    this.directories = directories;
    this.downloads = downloads;
    this.largestUpload = largestUpload;
  }

  void view(Exchange exchange) throws IOException {
    ViewQuery request = exchange.query(ViewQuery.class);
    Account account = exchange.account();
    String path = directories.resolve(exchange.scope(), account, request.path());
    Optional<HeldBytes> pdf =
        request.preview()
            ? files.preview(account, path, exchange.held())
            : Optional.<HeldBytes>empty();
    if (pdf.isPresent()) {
      exchange.bytes("application/pdf", pdf.get());
    } else {
      downloads.send(exchange, account, path);
    }
  }

  void serve(Exchange exchange) throws IOException {
    String path = "/" + exchange.pathParameter("path");
    Account account = exchange.account();
    PathRule.require("path", path);
    downloads.page(exchange, account, WorkingDirectories.resolve(account, "/", path));
  }

  void upload(Exchange exchange) throws IOException {
    UploadQuery request = exchange.query(UploadQuery.class);
    Account account = exchange.account();
    String directory = directories.resolve(exchange.scope(), account, request.directory());
    MultipartUpload upload =
        MultipartUpload.open(exchange.bodyStream(), exchange.header("Content-Type"), largestUpload);
    UserFiles.problemOfName(upload.fileName())
        .ifPresent(
            problem -> {
              throw new RefusedException(400, problem);
            });
    String path = (directory.equals("/") ? "" : directory) + "/" + upload.fileName();
    AtomicLong size = new AtomicLong();
    files.upload(account, path, out -> size.set(upload.transferTo(out)), exchange.held());
    exchange.json(FileEndpoints.written(path, size.get()));
  }

  void archive(Exchange exchange) throws IOException {
    ArchiveBody request = exchange.request(NoParameters.class, ArchiveBody.class).body();
    if (request.paths().isEmpty()) {
      throw new RefusedException(400, "No paths provided");
    }
    Account account = exchange.account();
    List<String> paths =
        request.paths().stream()
            .map(path -> directories.resolve(exchange.scope(), account, path))
            .toList();
    try (ZipDownload zip = files.archive(account, paths, exchange.held())) {
      exchange
          .header("Content-Type", "application/zip")
          .header("Content-Disposition", attachment(zip.name() + ".zip"));
      exchange.stream(zip::writeTo);
    }
  }

  /** RFC 6266: a name in ASCII for old clients, and the name as in RFC 5987. */
  static String attachment(String name) {
    String ascii = name.replaceAll("[^ -~]|[\"\\\\%]", "_");
    String plain = "attachment; filename=\"" + ascii + "\"";
    return ascii.equals(name)
        ? plain
        : plain
            + "; filename*=UTF-8''"
            + URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
  }
}
