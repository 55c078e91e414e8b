package io.gatehouse.gateway.http.binding;

/**
 * Refuses the value of one component of a request record, from its compact constructor.
 *
 * <p>The reason is shown to the caller, so it must not repeat the value.
 */
public final class InvalidFieldException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String component;
  private final String reason;

  /**
   * @param component the name of the component as Java writes it
   * @param reason the broken rule, such as {@code must not be empty}
   */
  public InvalidFieldException(String component, String reason) {
    super(component + " " + reason);
    this.component = component;
    this.reason = reason;
  }

  String component() {
    return component;
  }

  String reason() {
    return reason;
  }
}
