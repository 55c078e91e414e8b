package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.chat.Workspace;
import io.gatehouse.gateway.files.UserFiles;
import io.gatehouse.gateway.files.ZipDownload;
import io.gatehouse.gateway.http.binding.NoParameters;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.session.AccountPath;
import io.gatehouse.gateway.session.HeldBytes;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Moves whole files in and out, however large. */
public final class TransferEndpoints {

  private final UserFiles files;
  private final Downloads downloads;
  private final long largestUpload;

  /**
   * @param largestUpload bytes of one uploaded file
   */
  public TransferEndpoints(UserFiles files, Downloads downloads, long largestUpload) {
    this.files = files;
    this.downloads = downloads;
    this.largestUpload = largestUpload;
  }

  public void view(Exchange exchange) throws IOException {
    ViewQuery request = exchange.query(ViewQuery.class);
    AccountPath file = exchange.openPath(request.path());
    Optional<HeldBytes> pdf =
        request.preview()
            ? files.preview(file.account(), file.path(), exchange.held())
            : Optional.<HeldBytes>empty();
    if (pdf.isPresent()) {
      exchange.bytes("application/pdf", pdf.get());
    } else {
      downloads.send(exchange, file);
    }
  }

  public void serve(Exchange exchange) throws IOException {
    ServeQuery request = exchange.query(ServeQuery.class);
    downloads.page(exchange, exchange.openPath(request.absolutePath()));
  }

  public void upload(Exchange exchange) throws IOException {
    UploadQuery request = exchange.query(UploadQuery.class);
    AccountPath folder = exchange.openPath(request.directory());
    MultipartUpload upload =
        MultipartUpload.open(exchange.bodyStream(), exchange.header("Content-Type"), largestUpload);
    UserFiles.problemOfName(upload.fileName())
        .ifPresent(
            problem -> {
              throw new RefusedException(400, problem);
            });
    String path = (folder.path().equals("/") ? "" : folder.path()) + "/" + upload.fileName();
    AtomicLong size = new AtomicLong();
    files.upload(folder.account(), path, out -> size.set(upload.transferTo(out)), exchange.held());
    exchange.json(new WrittenFile(path, size.get()).toAnswer());
  }

  public void archive(Exchange exchange) throws IOException {
    ArchiveBody request = exchange.request(NoParameters.class, ArchiveBody.class).body();
    if (request.paths().isEmpty()) {
      throw new RefusedException(400, "No paths provided");
    }
    Workspace workspace = exchange.openWorkspace();
    List<String> paths = request.paths().stream().map(workspace::resolve).toList();
    try (ZipDownload zip = files.archive(workspace.account(), paths, exchange.held())) {
      exchange
          .header("Content-Type", "application/zip")
          .header("Content-Disposition", attachment(zip.name() + ".zip"));
      exchange.stream(zip::writeTo);
    }
  }

  /**
   * The header for a download (RFC 6266): a name in ASCII for old clients, and the name as in RFC
   * 5987.
   */
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
