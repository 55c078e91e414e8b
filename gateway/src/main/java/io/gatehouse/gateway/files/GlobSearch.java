package io.gatehouse.gateway.files;

import io.gatehouse.gateway.files.NameSearch.Found;
import io.gatehouse.gateway.files.NameSearch.Kind;
import io.gatehouse.gateway.files.NameSearch.Result;
import io.gatehouse.gateway.session.FileNames;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.ShellWord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds files and directories by shell patterns, with find in the user's login. */
record GlobSearch(SearchedFolder folder) {

  /**
   * The form of sizes that find prints. It is checked because another program called find, in the
   * user's PATH, may print anything.
   */
  private static final Pattern SIZE = Pattern.compile("[0-9]{1,18}");

  private static final Pattern SECONDS = Pattern.compile("-?[0-9]{1,15}(\\.[0-9]{1,20})?");

  Result run(String pattern, List<String> exclude, Kind kind, int most) throws IOException {
    List<Found> found = new ArrayList<>();
    boolean truncated = false;
    try (RemoteFiles files = folder.open()) {
      try (Pipe pipe = folder.start(globScript(pattern, exclude))) {
        Output output = new Output(pipe, folder.held());
        Optional<byte[]> record = output.next('\0');
        while (record.isPresent() && found.size() < most) {
          Optional<Found> entry =
              parsed(record.get(), files).filter(each -> kind.admits(each.directory()));
          entry.ifPresent(each -> folder.held().take(each.weight()));
          entry.ifPresent(found::add);
          record = output.next('\0');
        }
        truncated = found.size() == most || pipe.timedOut() || output.isCut();
      }
    }
    found.sort(Comparator.comparing(Found::path));
    return new Result(found, truncated);
  }

  private static String globScript(String pattern, List<String> exclude) {
    StringBuilder script = new StringBuilder("exec find . -mindepth 1 ").append(either(pattern));
    exclude.forEach(each -> script.append(" ! ").append(either(each)));
    return script.append(" -printf '%y%Y %s %T@ %P\\0'").toString();
  }

  /**
   * A test of find that is true if the name or the relative path matches. Backslashes are doubled,
   * because Python's patterns have no escapes.
   */
  private static String either(String pattern) {
    String literal = pattern.replace("\\", "\\\\");
    return "\\( -name "
        + ShellWord.quote(literal)
        + " -o -path "
        + ShellWord.quote("./" + literal)
        + " \\)";
  }

  private Optional<Found> parsed(byte[] record, RemoteFiles files) {
    String[] parts = FileNames.decode(record).split(" ", 4);
    if (parts.length < 4
        || !SIZE.matcher(parts[1]).matches()
        || !SECONDS.matcher(parts[2]).matches()) {
      // The program that printed this record is not GNU find, so the record is skipped.
      return Optional.empty();
    }
    boolean link = parts[0].startsWith("l");
    boolean isDirectory = parts[0].endsWith("d");
    if (link) {
      // The size and time that find printed are those of the link itself.
      return SearchedFolder.stat(files, folder.absolute(parts[3]))
          .map(attributes -> SearchedFolder.found(parts[3], isDirectory, attributes));
    }
    return Optional.of(
        new Found(parts[3], isDirectory, Long.parseLong(parts[1]), seconds(parts[2])));
  }

  /**
   * Reads a time of GNU find, which prints whole seconds and a fraction. The fraction is positive
   * even if the seconds are negative.
   */
  private static double seconds(String time) {
    int point = time.indexOf('.');
    return point < 0
        ? Double.parseDouble(time)
        : Long.parseLong(time.substring(0, point))
            + Double.parseDouble("0" + time.substring(point));
  }
}
