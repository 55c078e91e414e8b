package io.gatehouse.gateway.http.problem;

import io.gatehouse.gateway.http.json.Excerpt;
import java.util.List;
import java.util.stream.Stream;

/**
 * The place of a value in a request.
 *
 * @param steps {@code query}, {@code path} or {@code body}, then names and positions
 * @param secret whether the value at this place must not be repeated in an answer
 */
public record Place(List<Object> steps, boolean secret) {

  public static final Place QUERY = new Place(List.of("query"), false);
  public static final Place PATH = new Place(List.of("path"), false);
  public static final Place BODY = new Place(List.of("body"), false);

  public Place {
    steps = List.copyOf(steps);
  }

  public Place child(String name) {
    return append(Excerpt.of(name));
  }

  public Place child(int position) {
    return append(position);
  }

  public Place keptSecret() {
    return new Place(steps, true);
  }

  private Place append(Object step) {
    return new Place(Stream.concat(steps.stream(), Stream.of(step)).toList(), secret);
  }
}
