package io.gatehouse.gateway.http.describe;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.schedule.Deferred;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Describes the server to its clients. These endpoints open no login. */
public final class ServiceEndpoints {

  private static final String JSON = "application/json";

  private final ServiceSettings settings;
  private final Features features;
  private final Deferred<byte[]> openApi;
  private final Deferred<DocsPage> docs = new Deferred<>(DocsPage::new);
  private final SystemPrompt systemPrompt;

  /**
   * What the server has for people, besides commands and files.
   *
   * @param notebooks whether they can be run here
   */
  public record Features(boolean terminals, boolean notebooks) {}

  /**
   * @param version the version of Gatehouse
   * @param operations the operations that the OpenAPI document describes
   * @param machine what the system prompt tells models about this machine
   */
  public ServiceEndpoints(
      ServiceSettings settings,
      String version,
      Deferred<List<Operation>> operations,
      Features features,
      Machine machine) {
    this.settings = settings;
    this.features = features;
    this.openApi = new Deferred<>(() -> new OpenApiDocument(version, operations.value()).bytes());
    this.systemPrompt = new SystemPrompt(machine, settings.systemPrompt(), settings.info());
  }

  public void health(Exchange exchange) throws IOException {
    exchange.json(Map.of("status", "ok"));
  }

  public void config(Exchange exchange) throws IOException {
    exchange.json(
        Map.of(
            "features",
            Map.of(
                "terminal",
                features.terminals(),
                "notebooks",
                features.notebooks(),
                "system",
                settings.offersSystemPrompt())));
  }

  public void openApi(Exchange exchange) {
    exchange.bytes(JSON, openApi.value());
  }

  public void docs(Exchange exchange) {
    serve(exchange, docs.value().page(exchange.path()));
  }

  /**
   * Leads to {@code docs}, because Open Terminal has a second page of its API at {@code redoc}. The
   * address is relative, so that it is right behind a proxy.
   */
  public void redoc(Exchange exchange) {
    exchange.status(307).header("Location", exchange.path().endsWith("/") ? "../docs" : "docs");
  }

  public void docsAsset(Exchange exchange) {
    serve(
        exchange,
        docs.value()
            .asset(exchange.pathParameter("asset"))
            .orElseThrow(RefusedException::noSuchPage));
  }

  private static void serve(Exchange exchange, Asset asset) {
    exchange
        .header("Content-Security-Policy", DocsPage.CONTENT_SECURITY_POLICY)
        .bytes(asset.contentType(), asset.bytes());
  }

  public void system(Exchange exchange) throws IOException {
    Optional<Account> account = exchange.openAccountIfNamed();
    Optional<AccountView> view =
        account.map(
            known ->
                new AccountView(known.name().value(), known.home().toString(), AccountView.SHELL));
    exchange.json(Map.of("prompt", systemPrompt.text(view)));
  }

  public void info(Exchange exchange) throws IOException {
    exchange.json(Map.of("info", settings.info().orElseThrow(RefusedException::noSuchPage)));
  }
}
