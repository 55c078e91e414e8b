package io.gatehouse.gateway.auth;

/** Says why Open WebUI's list of users cannot be relied on, without anything that it sent. */
public final class UserListException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UserListException(String message) {
    super(message);
  }
}
