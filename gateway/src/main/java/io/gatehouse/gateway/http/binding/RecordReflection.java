package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.gatehouse.gateway.files.Utf8Text;
import io.gatehouse.gateway.http.binding.Field.Presence;
import io.gatehouse.gateway.http.binding.WholeNumberType.Width;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Reads the components of a request record and their annotations. */
final class RecordReflection {

  private RecordReflection() {}

  static Constructor<?> constructor(Class<?> type) {
    try {
      return type.getDeclaredConstructor(
          Stream.of(components(type)).map(RecordComponent::getType).toArray(Class<?>[]::new));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("every record has this constructor", e);
    }
  }

  static List<Field> fields(Class<?> type) {
    return Stream.of(components(type)).map(RecordReflection::field).toList();
  }

  private static RecordComponent[] components(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      throw new IllegalArgumentException(type + " must be a record");
    }
    return components;
  }

  private static Field field(RecordComponent component) {
    Described described = component.getAnnotation(Described.class);
    if (described == null) {
      throw new IllegalArgumentException(component + " must have @Described");
    }
    ValueType type = valueType(component.getGenericType(), component);
    return new Field(
        wireName(component),
        component.getName(),
        described.value(),
        type,
        presence(component, type),
        component.isAnnotationPresent(InPath.class),
        component.isAnnotationPresent(Secret.class));
  }

  private static Bounds bounds(RecordComponent component) {
    Range range = component.getAnnotation(Range.class);
    return range == null ? Bounds.OPEN : new Bounds(range.min(), range.max());
  }

  private static ValueType valueType(Type type, RecordComponent component) {
    if (type instanceof ParameterizedType generic) {
      return genericType(generic, component);
    }
    if (type == String.class) {
      return component.isAnnotationPresent(PathText.class) ? new PathType() : new TextType();
    }
    if (type == Utf8Text.class) {
      return new Utf8TextType();
    }
    if (type == int.class || type == OptionalInt.class) {
      return new WholeNumberType(Width.INT, bounds(component));
    }
    if (type == long.class || type == OptionalLong.class) {
      return new WholeNumberType(Width.LONG, bounds(component));
    }
    if (type == double.class || type == OptionalDouble.class) {
      return new DecimalType(bounds(component));
    }
    if (type == boolean.class || type == Boolean.class) {
      return new FlagType();
    }
    if (type instanceof Class<?> words && words.isEnum()) {
      return WordType.of(words);
    }
    if (type instanceof Class<?> nested && nested.isRecord()) {
      return RecordType.of(nested);
    }
    throw new IllegalArgumentException("no request can carry a " + type);
  }

  private static ValueType genericType(ParameterizedType type, RecordComponent component) {
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == Optional.class) {
      return valueType(arguments[0], component);
    }
    if (type.getRawType() == List.class) {
      return new ListType(valueType(arguments[0], component));
    }
    if (type.getRawType() == Map.class
        && arguments[0] == String.class
        && arguments[1] == String.class) {
      return new TextMapType();
    }
    throw new IllegalArgumentException("no request can carry a " + type);
  }

  private static Presence presence(RecordComponent component, ValueType type) {
    Default byDefault = component.getAnnotation(Default.class);
    if (byDefault != null) {
      return defaulted(component, type, TextNode.valueOf(byDefault.value()));
    }
    Class<?> held = component.getType();
    if (held == Optional.class) {
      return Presence.OPTIONAL;
    }
    if (held == OptionalInt.class) {
      return Presence.OPTIONAL_INT;
    }
    if (held == OptionalLong.class) {
      return Presence.OPTIONAL_LONG;
    }
    return held == OptionalDouble.class ? Presence.OPTIONAL_DOUBLE : Presence.REQUIRED;
  }

  private static Presence defaulted(RecordComponent component, ValueType type, JsonNode text) {
    Problems problems = new Problems();
    Object value =
        type.read(text, Place.QUERY, problems)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        component + " must not have the default " + text.asText()));
    return Presence.defaulted(value, value instanceof Enum<?> ? text : Json.scalar(value));
  }

  private static String wireName(RecordComponent component) {
    Named named = component.getAnnotation(Named.class);
    return named == null
        ? component.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT)
        : named.value();
  }
}
