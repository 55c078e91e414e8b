package io.gatehouse.gateway.http.describe;

/** A file served from memory. */
final class Asset {

  private final String contentType;
  private final byte[] bytes;

  Asset(String contentType, byte[] bytes) {
    this.contentType = contentType;
    this.bytes = bytes.clone();
  }

  String contentType() {
    return contentType;
  }

  byte[] bytes() {
    return bytes.clone();
  }
}
