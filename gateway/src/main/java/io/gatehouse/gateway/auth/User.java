package io.gatehouse.gateway.auth;

import java.util.Optional;

/**
 * An Open WebUI identity.
 *
 * @param id Open WebUI's own id of the user, opaque, 1 to 255 printable ASCII characters
 * @param email the mail address; empty when only the id is known (key mode)
 * @param role the user's role in Open WebUI
 */
public record User(String id, Optional<String> email, Role role) {

  private static final int LONGEST_ID = 255;

  public User {
    if (!isValidId(id)) {
      throw new IllegalArgumentException(
          "a user id must have 1 to " + LONGEST_ID + " printable ASCII characters and no space");
    }
  }

  /** Whether this text can be the id of a user. Any other text is refused before it is used. */
  public static boolean isValidId(String id) {
    return !id.isEmpty()
        && id.length() <= LONGEST_ID
        && id.chars().allMatch(character -> character > ' ' && character < 0x7f);
  }
}
