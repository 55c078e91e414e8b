package io.gatehouse.gateway;

import java.util.List;

/**
 * Tells what is wrong with the settings: every problem at once, and no value that may be secret.
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
