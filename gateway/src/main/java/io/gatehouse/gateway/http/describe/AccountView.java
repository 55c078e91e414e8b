package io.gatehouse.gateway.http.describe;

/**
 * What the system prompt tells of the caller's account.
 *
 * @param name the login name
 * @param home the home directory
 * @param shell the login shell
 */
record AccountView(String name, String home, String shell) {}
