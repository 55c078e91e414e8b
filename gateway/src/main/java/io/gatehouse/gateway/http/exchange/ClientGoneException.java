package io.gatehouse.gateway.http.exchange;

import java.io.IOException;

/** Tells that the client has gone before it took the whole answer. */
public final class ClientGoneException extends IOException {

  private static final long serialVersionUID = 1L;

  ClientGoneException(IOException cause) {
    super("the client is gone", cause);
  }
}
