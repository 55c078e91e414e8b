package io.gatehouse.gateway.http.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Carries a request in and its answer out: over HTTP, or as the call of a tool. */
public interface Carrier {

  boolean isHead();

  String path();

  /** A header of the request, without regard to case. */
  Optional<String> header(String name);

  Map<String, String> pathParameters();

  Map<String, List<String>> query();

  /** Bytes of the body; negative if they are not known. */
  long contentLength();

  InputStream body();

  /** This carrier if it is one of HTTP, whose request and answer have more than is above. */
  default Optional<HttpCarrier> http() {
    return Optional.empty();
  }

  /** The body where it is JSON that has been read already. */
  default Optional<JsonNode> tree() {
    return Optional.empty();
  }

  /** Completes when nobody waits for the answer any longer; empty where that is never told. */
  default Optional<CompletableFuture<Void>> givenUp() {
    return Optional.empty();
  }

  /** Says what a long request is doing. It is heard where the client has asked for progress. */
  default void tell(String unusedMessage) {}

  void status(int status);

  void answerHeader(String name, String value);

  void contentType(String type);

  /** Says how long the answer's body is, or would be. */
  void length(long length);

  /** Takes back what was said of the length, which another answer does not have. */
  void forgetLength();

  /** The whole body of the answer. */
  void result(byte[] answer);

  OutputStream output() throws IOException;

  /** Whether a part of the answer is on its way. */
  boolean isCommitted();
}
