package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.chat.Workspace;
import io.gatehouse.gateway.files.patch.Patch;
import io.gatehouse.gateway.files.patch.PatchParser;
import io.gatehouse.gateway.files.patch.PatchResult;
import io.gatehouse.gateway.files.patch.Patches;
import io.gatehouse.gateway.http.binding.NoParameters;
import io.gatehouse.gateway.http.describe.Operation;
import io.gatehouse.gateway.http.exchange.Exchange;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Applies patches of several files. */
public final class PatchEndpoints {

  /** Bytes of memory for each character of a patch: its lines, in two forms. */
  private static final long WEIGHT = 6;

  /** The operation that models see. Open Terminal has none like it. */
  public static final Operation APPLY_PATCH =
      Operation.post("/files/patch", "apply_patch")
          .summary("Change several files by a patch")
          .description(
              """
              Adds, changes, moves and deletes text files, all or none. Use it for edits of several \
              places or files; for one short text use replace_file_content. Format:
              *** Begin Patch
              *** Add File: new.py
              +each line of it
              *** Update File: src/a.py
              *** Move to: src/b.py (optional)
              @@ def f(x):
               unchanged line
              -old line
              +new line
              *** Delete File: old.py
              *** End Patch
              Give some unchanged lines around each change. A line after @@ is one that comes \
              before the hunk. '*** End of File' ends a hunk that has the file's last lines.\
              """)
          .body(PatchBody.class)
          .answers(200, "{dry_run, files: [{change, path, moved_to, size}]}.")
          .answers(400, "The patch is malformed; the line is named.")
          .answers(403, "The account may not do this.")
          .answers(404, "A file to change or delete is not there.")
          .answers(409, "A hunk does not fit; file, hunk and what to read again are named.")
          .build();

  private final Patches patches;

  public PatchEndpoints(Patches patches) {
    this.patches = patches;
  }

  public void apply(Exchange exchange) throws IOException {
    PatchBody request = exchange.request(NoParameters.class, PatchBody.class).body();
    exchange.held().take(WEIGHT * request.patch().length());
    Patch patch = PatchParser.parse(request.patch());
    Workspace workspace = exchange.openWorkspace();
    List<PatchResult> results =
        patches.apply(
            workspace.account(), patch, workspace::resolve, request.dryRun(), exchange.held());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("dry_run", request.dryRun());
    answer.put("files", results.stream().map(PatchEndpoints::toAnswer).toList());
    exchange.json(answer);
  }

  private static Map<String, Object> toAnswer(PatchResult result) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("change", result.kind().name().toLowerCase(Locale.ROOT));
    answer.put("path", result.path());
    result.destination().ifPresent(path -> answer.put("moved_to", path));
    answer.put("size", result.size());
    return answer;
  }
}
