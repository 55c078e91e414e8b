package io.gatehouse.gateway.http.mcp;

/** Tells that a JSON-RPC message cannot be answered as asked, with the code that says why. */
final class RpcException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * @param code of {@code McpSchema.ErrorCodes}
   */
  RpcException(int code, String message) {
    super(message);
    this.code = code;
  }

  int code() {
    return code;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
