package io.gatehouse.gateway;

import java.util.List;

/**
 * Lists all problems of the settings at once. It repeats no value, because a value may be secret.
 */
final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ConfigurationException(List<String> problems) {
    super(String.join("\n", problems));
  }

  List<String> problems() {
    return String.valueOf(getMessage()).lines().toList();
  }
}
