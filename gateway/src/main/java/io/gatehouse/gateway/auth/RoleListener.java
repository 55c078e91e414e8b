package io.gatehouse.gateway.auth;

/**
 * Hears what Open WebUI itself has just said of a user, beyond doubt: with a 200 and the user's id.
 *
 * <p>A refused token is no reason to disable its user, because every token ends one day.
 */
public interface RoleListener {

  /** The user may use terminals. */
  void active(String userId);

  /** The user waits for an administrator's activation, or waits again. */
  void pending(String userId);

  /** Where nothing follows from it. */
  static RoleListener none() {
    return new RoleListener() {
      @Override
      public void active(String userId) {}

      @Override
      public void pending(String userId) {}
    };
  }
}
