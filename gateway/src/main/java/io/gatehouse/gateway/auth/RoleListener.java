package io.gatehouse.gateway.auth;

/**
 * Is told the state of a user that Open WebUI itself has just given, with a 200 and the user's id,
 * so that it is beyond doubt.
 *
 * <p>A refused token is no reason to disable its user, because every token ends one day.
 */
public interface RoleListener {

  /** The user may use terminals. */
  void active(String userId);

  /** The user waits for an administrator's activation, or waits again. */
  void pending(String userId);

  /** A listener that does nothing. */
  static RoleListener none() {
    return new RoleListener() {
      @Override
      public void active(String userId) {}

      @Override
      public void pending(String userId) {}
    };
  }
}
