package io.gatehouse.gateway.files;

import io.gatehouse.gateway.files.NameSearch.Found;
import io.gatehouse.gateway.files.NameSearch.Kind;
import io.gatehouse.gateway.files.NameSearch.Result;
import io.gatehouse.gateway.session.RemoteFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds files and directories by a part of their names, the best matches first. */
record PartSearch(SearchedFolder folder) {

  Result run(String query, Kind kind, boolean hidden, int most) throws IOException {
    String wanted = query.strip().toLowerCase(Locale.ROOT);
    Ranking<NameWalk.Candidate> ranking = new Ranking<>(most, folder.held());
    try (RemoteFiles files = folder.open()) {
      boolean whole =
          new NameWalk(folder, hidden)
              .visit(
                  candidate -> {
                    if (kind.admits(candidate.directory())
                        && candidate.lowerName().contains(wanted)) {
                      ranking.add(
                          candidate,
                          candidate.rankOfName(wanted),
                          candidate.name().length(),
                          candidate.path(),
                          2L * candidate.path().length());
                    }
                  });
      List<Found> found = new ArrayList<>();
      for (NameWalk.Candidate candidate : ranking.best(0)) {
        String path = folder.absolute(candidate.path());
        Optional<Found> entry =
            SearchedFolder.stat(files, path)
                .map(attributes -> SearchedFolder.found(path, candidate.directory(), attributes));
        entry.ifPresent(each -> folder.held().take(each.weight()));
        entry.ifPresent(found::add);
      }
      return new Result(found, !whole);
    }
  }
}
