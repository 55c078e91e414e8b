package io.gatehouse.gateway.http;

import java.util.List;
import java.util.stream.Stream;

/**
 * Where in a request a value stands.
 *
 * @param steps {@code query}, {@code path} or {@code body}, then names and positions
 * @param secret whether what stands there must not be repeated
 */
record Place(List<Object> steps, boolean secret) {

  static final Place QUERY = new Place(List.of("query"), false);
  static final Place PATH = new Place(List.of("path"), false);
  static final Place BODY = new Place(List.of("body"), false);

  Place {
    steps = List.copyOf(steps);
  }

  Place child(String name) {
    return append(Excerpt.of(name));
  }

  Place child(int position) {
    return append(position);
  }

  Place keptSecret() {
    return new Place(steps, true);
  }

  private Place append(Object step) {
    return new Place(Stream.concat(steps.stream(), Stream.of(step)).toList(), secret);
  }
}
