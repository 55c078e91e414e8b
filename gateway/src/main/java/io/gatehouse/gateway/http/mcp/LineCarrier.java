package io.gatehouse.gateway.http.mcp;

import io.gatehouse.gateway.http.exchange.Carrier;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Carries a message that came as a line from a login. It has no headers, so it can name neither a
 * user nor a chat. Answers are written as lines, and not by this carrier.
 */
record LineCarrier(HeldOutput line) implements Carrier {

  @Override
  public boolean isHead() {
    return false;
  }

  @Override
  public String path() {
    return "/mcp";
  }

  @Override
  public Optional<String> header(String unusedName) {
    return Optional.empty();
  }

  @Override
  public Map<String, String> pathParameters() {
    return Map.of();
  }

  @Override
  public Map<String, List<String>> query() {
    return Map.of();
  }

  @Override
  public long contentLength() {
    return line.size();
  }

  @Override
  public InputStream body() {
    return line.stream();
  }

  @Override
  public void status(int unusedStatus) {}

  @Override
  public void answerHeader(String unusedName, String unusedValue) {}

  @Override
  public void contentType(String unusedType) {}

  @Override
  public void length(long unusedLength) {}

  @Override
  public void forgetLength() {}

  @Override
  public void result(byte[] answer) {
    throw new UnsupportedOperationException("a login is answered by lines");
  }

  @Override
  public OutputStream output() {
    throw new UnsupportedOperationException("a login is answered by lines");
  }

  @Override
  public boolean isCommitted() {
    return false;
  }
}
