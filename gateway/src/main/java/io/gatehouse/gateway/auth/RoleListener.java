package io.gatehouse.gateway.auth;

/**
 * Is told the state of a user. The state is beyond doubt, because Open WebUI itself has just sent
 * it with the status 200 and the user's id.
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
