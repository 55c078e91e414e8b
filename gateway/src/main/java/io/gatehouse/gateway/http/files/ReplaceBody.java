package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;
import io.gatehouse.gateway.http.binding.Secret;
import java.util.List;

/** The body of {@code replace_file_content}. */
public record ReplaceBody(
    @Described("The file to change: an absolute path, or one below the chat's working directory.")
        @PathText
        String path,
    @Described(
            "The replacements, made in this order. If one of them fails, the file is not changed.")
        @Secret
        List<ReplacementBody> replacements) {

  public ReplaceBody {
    replacements = List.copyOf(replacements);
  }
}
