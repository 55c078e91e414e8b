package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.describe.Operation;
import java.util.List;

/**
 * The operations on files that models see, which are those of Open Terminal, with descriptions for
 * models.
 */
public final class FileOperations {

  private static final String NO_FILE = "There is no such file.";
  private static final String DENIED = "The account does not have the permission for this.";

  private static final Operation LIST_FILES =
      Operation.get("/files/list", "list_files")
          .summary("List a directory")
          .description(
              """
              Lists a directory: name, type (file or directory), size in bytes, time of the last \
              change (seconds since 1970) and whether you may write it. Does not look into \
              subdirectories; use glob_search for that.\
              """)
          .parameters(ListQuery.class)
          .answers(200, "{dir, writable, entries: [{name, type, size, modified, writable}]}.")
          .answers(403, DENIED)
          .answers(404, "There is no such directory.")
          .build();

  private static final Operation READ_FILE =
      Operation.get("/files/read", "read_file")
          .summary("Read a file")
          .description(
              """
              Returns the text of a file, or of some of its lines. Documents (PDF, Word, Excel, \
              PowerPoint, OpenDocument, RTF, EPUB, mail) are returned as their text. A \
              picture is returned for you to look at. To show a file to the user, use display_file.\
              """)
          .parameters(ReadQuery.class)
          .answers(200, "{path, content, total_lines}, or the bytes of a picture.")
          .answers(403, DENIED)
          .answers(404, NO_FILE)
          .answers(415, "The file is neither text nor a document nor a picture.")
          .build();

  private static final Operation DISPLAY_FILE =
      Operation.get("/files/display", "display_file")
          .summary("Show a file to the user")
          .description(
              """
              Opens a file in the user's file viewer. Returns none of its content to you; use \
              read_file to read it yourself.\
              """)
          .parameters(PathQuery.class)
          .answers(200, "{path, exists}.")
          .build();

  private static final Operation WRITE_FILE =
      Operation.post("/files/write", "write_file")
          .summary("Write a file")
          .description(
              """
              Writes text as the whole content of a file. The file and missing parent directories \
              are created; existing content is replaced. To change a part of a file, use \
              replace_file_content.\
              """)
          .body(WriteBody.class)
          .answers(200, "{path, size}, the size in bytes.")
          .answers(400, "The path is a directory, or a part of it is a file.")
          .answers(403, DENIED)
          .answers(507, "The disk or the quota is full; the old content is still there.")
          .build();

  private static final Operation REPLACE_FILE_CONTENT =
      Operation.post("/files/replace", "replace_file_content")
          .summary("Replace text in a file")
          .description(
              """
              Finds exact texts in a file and replaces them. Each target must occur exactly once, \
              unless allow_multiple is true; start_line and end_line narrow the search. All \
              replacements are made, or none.\
              """)
          .body(ReplaceBody.class)
          .answers(200, "{path, size}, the size in bytes.")
          .answers(400, "A target was not found, or occurs more than once without allow_multiple.")
          .answers(403, DENIED)
          .answers(404, NO_FILE)
          .build();

  private static final Operation GREP_SEARCH =
      Operation.get("/files/grep", "grep_search")
          .summary("Search in files")
          .description(
              """
              Finds text or a regular expression in the files below a directory, including hidden \
              files, and returns file, line number and line. If truncated is true, there may be more.\
              """)
          .parameters(GrepQuery.class)
          .answers(200, "{query, path, matches: [{file, line, content}], truncated}.")
          .answers(400, "The regular expression is invalid.")
          .answers(404, "There is nothing at this path.")
          .build();

  private static final Operation GLOB_SEARCH =
      Operation.get("/files/glob", "glob_search")
          .summary("Find files by pattern")
          .description(
              """
              Finds files and directories whose name or relative path matches a shell pattern, in \
              all directories below. Returns relative path, type, size and time of the last change.\
              """)
          .parameters(GlobQuery.class)
          .answers(200, "{pattern, path, matches: [{path, type, size, modified}], truncated}.")
          .answers(404, "There is no such directory.")
          .build();

  private static final Operation SEARCH_FILES =
      Operation.get("/files/search", "search_files")
          .summary("Find files by name")
          .description(
              """
              Finds files and directories by a part of their name, the best matches first. Leaves \
              out what git ignores.\
              """)
          .parameters(SearchQuery.class)
          .answers(200, "{results: [{path, name, type, size, modified}]}.")
          .answers(404, "There is no such directory.")
          .build();

  private static final Operation MATCH_FILES =
      Operation.get("/files/matches", "match_files")
          .summary("Find files by name and content")
          .description(
              """
              Finds files and directories by a text in their name, path or content, the best \
              matches first, with up to three matching lines of each file. Leaves out what git \
              ignores.\
              """)
          .parameters(MatchQuery.class)
          .answers(
              200,
              "{results: [{path, relative_path, name, type, name_match, content_matches}],"
                  + " next_offset}.")
          .answers(400, "The query is blank.")
          .answers(404, "There is no such directory.")
          .build();

  private FileOperations() {}

  /** All operations of this package, in the order of the OpenAPI document. */
  public static List<Operation> all() {
    return List.of(
        LIST_FILES,
        READ_FILE,
        DISPLAY_FILE,
        WRITE_FILE,
        REPLACE_FILE_CONTENT,
        GREP_SEARCH,
        MATCH_FILES,
        SEARCH_FILES,
        GLOB_SEARCH);
  }
}
