package io.gatehouse.gateway.http.describe;

import io.gatehouse.gateway.http.binding.Field;
import io.gatehouse.gateway.http.binding.NoParameters;
import io.gatehouse.gateway.http.binding.RecordType;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One operation of the API, as it is documented and bound.
 *
 * @param method the HTTP method in upper case
 * @param path the path, with the {@code {names}} of the parameters that are in it
 * @param id the operation id, which is the name of the tool that models see
 * @param parameters the record that the query and the path are bound to
 * @param body the record that the body is bound to; empty when there is none
 */
public record Operation(
    String method,
    String path,
    String id,
    Documentation documentation,
    Class<? extends Record> parameters,
    Optional<Class<? extends Record>> body) {

  /**
   * The texts of an operation in the OpenAPI document.
   *
   * @param summary the operation in a few words
   * @param description what it does and how to use it, for models
   * @param responses what each status means
   * @param hidden whether the document leaves it out, so that models do not see it
   */
  public record Documentation(
      String summary, String description, SortedMap<Integer, String> responses, boolean hidden) {

    public Documentation {
      responses = Collections.unmodifiableSortedMap(new TreeMap<>(responses));
    }
  }

  private static final Pattern VARIABLE = Pattern.compile("\\{([a-z0-9_]+)}");
  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

  public Operation {
    if (body.isPresent() && !WITH_BODY.contains(method)) {
      throw new IllegalArgumentException(id + ": a " + method + " must have no body");
    }
    if (!variables(path).equals(namesInPath(parameters))) {
      throw new IllegalArgumentException(
          id
              + ": the path has the parameters "
              + variables(path)
              + ", but the record has "
              + namesInPath(parameters));
    }
  }

  public static Builder get(String path, String id) {
    return new Builder("GET", path, id);
  }

  public static Builder post(String path, String id) {
    return new Builder("POST", path, id);
  }

  public static Builder delete(String path, String id) {
    return new Builder("DELETE", path, id);
  }

  private static Set<String> variables(String path) {
    return VARIABLE
        .matcher(path)
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toSet());
  }

  private static Set<String> namesInPath(Class<? extends Record> parameters) {
    return RecordType.of(parameters).fields().stream()
        .filter(Field::inPath)
        .map(Field::name)
        .collect(Collectors.toSet());
  }

  /** Collects the parts of an operation. */
  public static final class Builder {

    private final String method;
    private final String path;
    private final String id;
    private final SortedMap<Integer, String> responses = new TreeMap<>();
    private String summary = "";
    private String description = "";
    private Class<? extends Record> parameters = NoParameters.class;
    private Optional<Class<? extends Record>> body = Optional.empty();
    private boolean hidden;

    private Builder(String method, String path, String id) {
      this.method = method;
      this.path = path;
      this.id = id;
    }

    public Builder summary(String words) {
      summary = words;
      return this;
    }

    public Builder description(String text) {
      description = text.strip();
      return this;
    }

    public Builder parameters(Class<? extends Record> type) {
      parameters = type;
      return this;
    }

    public Builder body(Class<? extends Record> type) {
      body = Optional.of(type);
      return this;
    }

    public Builder answers(int status, String meaning) {
      responses.put(status, meaning);
      return this;
    }

    public Builder hidden() {
      hidden = true;
      return this;
    }

    public Operation build() {
      return new Operation(
          method,
          path,
          id,
          new Documentation(summary, description, responses, hidden),
          parameters,
          body);
    }
  }
}
