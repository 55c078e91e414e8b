package io.gatehouse.gateway.http.exchange;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Carries a request and its answer over HTTP. */
public record HttpCarrier(Context context) implements Carrier {

  /** The request as the client sent it. */
  public HttpServletRequest request() {
    return context.req();
  }

  /** The answer to the client, in which a header may have several values. */
  public HttpServletResponse answer() {
    return context.res();
  }

  @Override
  public Optional<HttpCarrier> http() {
    return Optional.of(this);
  }

  @Override
  public boolean isHead() {
    return context.method().equals(HandlerType.HEAD);
  }

  @Override
  public String path() {
    return context.path();
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(context.header(name));
  }

  @Override
  public Map<String, String> pathParameters() {
    return context.pathParamMap();
  }

  @Override
  public Map<String, List<String>> query() {
    return context.queryParamMap();
  }

  @Override
  public long contentLength() {
    return context.req().getContentLengthLong();
  }

  @Override
  public InputStream body() {
    return context.bodyInputStream();
  }

  @Override
  public void status(int status) {
    context.status(status);
  }

  @Override
  public void answerHeader(String name, String value) {
    context.header(name, value);
  }

  @Override
  public void contentType(String type) {
    context.contentType(type);
  }

  @Override
  public void length(long length) {
    context.res().setContentLengthLong(length);
  }

  @Override
  public void forgetLength() {
    context.res().setHeader("Content-Length", null);
  }

  @Override
  public void result(byte[] answer) {
    context.result(answer);
  }

  @Override
  public OutputStream output() throws IOException {
    return context.res().getOutputStream();
  }

  @Override
  public boolean isCommitted() {
    return context.res().isCommitted();
  }
}
