package io.gatehouse.gateway.http.describe;

/**
 * The caller's account, as the system prompt describes it.
 *
 * @param name the login name
 * @param home the home directory
 * @param shell the login shell
 */
record AccountView(String name, String home, String shell) {

  /** The login shell of all accounts. */
  static final String SHELL = "/bin/bash";
}
