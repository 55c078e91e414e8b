package io.gatehouse.gateway;

import java.util.Map;

/** A gateway in this process, for tests of other packages: {@link Gateway} is closed to them. */
public final class RunningGateway implements AutoCloseable {

  private final Gateway gateway;

  private RunningGateway(Gateway gateway) {
    this.gateway = gateway;
  }

  /** Starts a gateway with these settings, as the program does with its environment. */
  public static RunningGateway start(Map<String, String> settings) {
    return new RunningGateway(Gateway.start(Configuration.read(settings)));
  }

  public int port() {
    return gateway.port();
  }

  @Override
  public void close() {
    gateway.close();
  }
}
