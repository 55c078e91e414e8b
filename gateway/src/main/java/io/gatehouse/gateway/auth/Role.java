package io.gatehouse.gateway.auth;

/** The roles of Open WebUI that may use a terminal; every other role is refused. */
public enum Role {
  USER,
  ADMIN
}
