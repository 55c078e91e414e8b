package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.ports.OpenPort;
import io.gatehouse.gateway.ports.Ports;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Lists the ports of the caller's programs.
 *
 * <p>Every open pane of Open WebUI asks for this list every 5 seconds, also in a hidden tab. So the
 * list opens no account: no program runs in an account that was never opened.
 */
public final class PortEndpoints {

  private final Ports ports;

  public PortEndpoints(Ports ports) {
    this.ports = ports;
  }

  public void list(Exchange exchange) throws IOException {
    List<OpenPort> open = exchange.knownAccount().map(ports::list).orElse(List.of());
    exchange.json(Map.of("ports", open.stream().map(PortEndpoints::entry).toList()));
  }

  /** The fields that Open Terminal has. A value that is not known is null. */
  private static Map<String, Object> entry(OpenPort port) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("port", port.port());
    OptionalInt pid = port.pid();
    entry.put("pid", pid.isPresent() ? pid.getAsInt() : null);
    entry.put("process", port.process().orElse(null));
    return entry;
  }
}
