package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads an object into a request record. Fields that the record does not have are ignored. */
public final class RecordType implements ValueType {

  // A class never changes, so its components are read once.
  private static final ClassValue<RecordType> TYPES =
      new ClassValue<>() {
        @Override
        protected RecordType computeValue(Class<?> type) {
          return new RecordType(type);
        }
      };

  private final Constructor<?> constructor;
  private final List<Field> fields;

  private RecordType(Class<?> type) {
    constructor = RecordReflection.constructor(type);
    fields = RecordReflection.fields(type);
  }

  public static RecordType of(Class<?> type) {
    return TYPES.get(type);
  }

  public List<Field> fields() {
    return fields;
  }

  @Override
  public Optional<Object> read(JsonNode value, Place place, Problems problems) {
    if (!value.isObject()) {
      // A text in place of an object is most often a whole body in quotes, which may contain
      // secrets.
      problems.add(
          "model_attributes_type",
          value.isTextual() ? place.keptSecret() : place,
          "Input should be a valid dictionary or object to extract fields from",
          value);
      return Optional.empty();
    }
    List<Object> arguments = new ArrayList<>(fields.size());
    for (Field field : fields) {
      field.read(value, place, problems).ifPresent(arguments::add);
    }
    return arguments.size() == fields.size()
        ? construct(arguments, place, problems)
        : Optional.empty();
  }

  private Optional<Object> construct(List<Object> arguments, Place place, Problems problems) {
    try {
      return Optional.of(constructor.newInstance(arguments.toArray()));
    } catch (InvocationTargetException e) {
      addRefusal(e, place, problems);
      return Optional.empty();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("construct " + constructor, e);
    }
  }

  private void addRefusal(InvocationTargetException thrown, Place place, Problems problems) {
    switch (thrown.getCause()) {
      case InvalidFieldException refusal ->
          addRefusal(placeOf(refusal.component(), place), refusal.reason(), problems);
      case IllegalArgumentException refusal ->
          addRefusal(place, String.valueOf(refusal.getMessage()), problems);
      case null, default ->
          throw new IllegalStateException("construct " + constructor, thrown.getCause());
    }
  }

  private static void addRefusal(Place place, String reason, Problems problems) {
    problems.add("value_error", place, "Value error, " + reason, Json.NODES.missingNode());
  }

  private Place placeOf(String component, Place place) {
    Field field =
        fields.stream()
            .filter(candidate -> candidate.component().equals(component))
            .findFirst()
            .orElseThrow(
                () -> new IllegalStateException("the record has no component " + component));
    return (field.inPath() ? Place.PATH : place).child(field.name());
  }

  @Override
  public ObjectNode schema() {
    ObjectNode schema = Json.NODES.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    fields.forEach(field -> properties.set(field.name(), field.schema()));
    ArrayNode required = Json.NODES.arrayNode();
    fields.stream()
        .filter(field -> field.presence().isRequired())
        .forEach(field -> required.add(field.name()));
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema;
  }
}
