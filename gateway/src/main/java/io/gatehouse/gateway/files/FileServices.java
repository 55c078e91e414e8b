package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.Sessions;

/** The services that work with files. */
public record FileServices(UserFiles files, ContentSearch contents, NameSearch names) {

  public static FileServices of(Sessions sessions, Documents documents) {
    return new FileServices(
        new UserFiles(sessions, documents), new ContentSearch(sessions), new NameSearch(sessions));
  }
}
