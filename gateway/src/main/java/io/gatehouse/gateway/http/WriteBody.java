package io.gatehouse.gateway.http;

import io.gatehouse.gateway.files.Utf8Text;

/** The body of {@code write_file}. */
record WriteBody(
    @Described(
            "The file to write: an absolute path, or one below the chat's working directory."
                + " Missing directories above it are made.")
        String path,
    @Described("The whole new content of the file.") @Secret Utf8Text content) {

  WriteBody {
    PathRule.require("path", path);
  }

  @Override
  public String toString() {
    return "WriteBody[" + path + ", " + content.length() + " bytes]";
  }
}
