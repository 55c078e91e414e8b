package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.Account;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the server says of itself; nothing here opens a login. */
final class ServiceEndpoints {

  private static final String JSON = "application/json";
  private static final String SHELL = "/bin/bash";

  private final HttpSettings settings;
  private final boolean offersTerminals;
  private final byte[] openApi;
  private final DocsPage docs = new DocsPage();
  private final SystemPrompt systemPrompt;

  ServiceEndpoints(HttpSettings settings, String version, boolean offersTerminals) {
    this.settings = settings;
    this.offersTerminals = offersTerminals;
    this.openApi = new OpenApiDocument(version, operations(settings, offersTerminals)).bytes();
    this.systemPrompt = new SystemPrompt(Machine.read(), settings.systemPrompt(), settings.info());
  }

  private static List<Operation> operations(HttpSettings settings, boolean offersTerminals) {
    List<Operation> operations =
        new ArrayList<>(ExecuteOperations.all(settings.executeDescription()));
    operations.addAll(FileOperations.all());
    if (offersTerminals) {
      operations.addAll(TerminalOperations.ALL);
    }
    if (settings.info().isPresent()) {
      operations.add(InfoOperation.GET_INFO);
    }
    return operations;
  }

  void health(Exchange exchange) throws IOException {
    exchange.json(Map.of("status", "ok"));
  }

  void config(Exchange exchange) throws IOException {
    exchange.json(
        Map.of(
            "features",
            Map.of(
                "terminal",
                offersTerminals,
                "notebooks",
                false,
                "system",
                settings.offersSystemPrompt())));
  }

  void openApi(Exchange exchange) {
    exchange.bytes(JSON, openApi);
  }

  void docs(Exchange exchange) {
    serve(exchange, docs.page(exchange.path()));
  }

  void docsAsset(Exchange exchange) {
    serve(
        exchange,
        docs.asset(exchange.pathParameter("asset")).orElseThrow(ServiceEndpoints::noSuchPage));
  }

  private static void serve(Exchange exchange, Asset asset) {
    exchange
        .header("Content-Security-Policy", DocsPage.CONTENT_SECURITY_POLICY)
        .bytes(asset.contentType(), asset.bytes());
  }

  static RefusedException noSuchPage() {
    return new RefusedException(404, "Not Found");
  }

  void system(Exchange exchange) throws IOException {
    Optional<Account> account = exchange.openAccountIfNamed();
    Optional<AccountView> view =
        account.map(known -> new AccountView(known.name().value(), known.home().toString(), SHELL));
    exchange.json(Map.of("prompt", systemPrompt.text(view)));
  }

  void info(Exchange exchange) throws IOException {
    exchange.json(Map.of("info", settings.info().orElseThrow(ServiceEndpoints::noSuchPage)));
  }
}
