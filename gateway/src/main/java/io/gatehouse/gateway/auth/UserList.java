package io.gatehouse.gateway.auth;

import java.util.Map;

/** Tells who the users of Open WebUI are. */
public interface UserList {

  /** The state of a user in Open WebUI. */
  enum Listed {
    /** May use terminals. */
    ACTIVE,
    /** Waits for an administrator's activation. */
    PENDING,
    /** Has a role that Gatehouse does not know. */
    OTHER
  }

  /**
   * Returns the states of all users, by their ids.
   *
   * @throws UserListException if it is not certain that these are all
   */
  Map<String, Listed> read();
}
