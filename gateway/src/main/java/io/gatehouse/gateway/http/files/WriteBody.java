package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.files.Utf8Text;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;
import io.gatehouse.gateway.http.binding.Secret;

/** The body of {@code write_file}. */
public record WriteBody(
    @Described(
            "The file to write: an absolute path, or one below the chat's working directory."
                + " Missing parent directories are created.")
        @PathText
        String path,
    @Described("The whole new content of the file.") @Secret Utf8Text content) {

  @Override
  public String toString() {
    return "WriteBody[" + path + ", " + content.length() + " bytes]";
  }
}
