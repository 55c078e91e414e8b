package io.gatehouse.documents;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.Chunk;
import com.github.difflib.patch.DeltaType;
import com.github.difflib.patch.Patch;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares two files line by line, and writes the result in the JSON form of Open Terminal. */
final class Comparison {

  /** The number of equal lines that are shown before and after a change. */
  private static final int CONTEXT = 3;

  /** The longest line, in characters, in which single words are compared. */
  private static final int LONGEST_WORDS = 4096;

  private static final Pattern TOKEN = Pattern.compile("\\w+|[^\\w\\s]|\\s+");
  private static final Pattern WHITESPACE = Pattern.compile("\\s+");

  private final ComparedFile.Source original;
  private final ComparedFile.Source revised;
  private final boolean ignoreWhitespace;

  Comparison(ComparedFile.Source original, ComparedFile.Source revised, boolean ignoreWhitespace) {
    this.original = original;
    this.revised = revised;
    this.ignoreWhitespace = ignoreWhitespace;
  }

  /** A piece of a line, and whether the other line lacks it. */
  private record Segment(String text, boolean changed) {}

  void writeJson(OutputStream out) throws IOException, UnreadableException {
    ComparedFile old = ComparedFile.read(original);
    ComparedFile young = ComparedFile.read(revised);
    Patch<String> patch = DiffUtils.diff(keys(old.lines()), keys(young.lines()));
    List<AbstractDelta<String>> deltas = patch.getDeltas();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartObject();
      old.describe(json, "original");
      young.describe(json, "revised");
      json.writeNumberField("additions", deltas.stream().mapToInt(d -> d.getTarget().size()).sum());
      json.writeNumberField("deletions", deltas.stream().mapToInt(d -> d.getSource().size()).sum());
      json.writeArrayFieldStart("hunks");
      for (List<AbstractDelta<String>> hunk : hunks(deltas)) {
        write(json, hunk, old.lines(), young.lines());
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private List<String> keys(List<String> lines) {
    return ignoreWhitespace
        ? lines.stream().map(line -> WHITESPACE.matcher(line).replaceAll("")).toList()
        : lines;
  }

  /** Groups the changes into hunks: changes whose contexts touch are shown together. */
  private static List<List<AbstractDelta<String>>> hunks(List<AbstractDelta<String>> deltas) {
    List<List<AbstractDelta<String>>> hunks = new ArrayList<>();
    int end = 0;
    for (AbstractDelta<String> delta : deltas) {
      if (hunks.isEmpty() || delta.getSource().getPosition() - end > 2 * CONTEXT) {
        hunks.add(new ArrayList<>());
      }
      hunks.getLast().add(delta);
      end = end(delta.getSource());
    }
    return hunks;
  }

  private static int end(Chunk<String> chunk) {
    return chunk.getPosition() + chunk.size();
  }

  private static void write(
      JsonGenerator json, List<AbstractDelta<String>> hunk, List<String> old, List<String> young)
      throws IOException {
    Chunk<String> firstOld = hunk.getFirst().getSource();
    Chunk<String> firstYoung = hunk.getFirst().getTarget();
    int before = Math.min(CONTEXT, firstOld.getPosition());
    int oldAt = firstOld.getPosition() - before;
    int youngAt = firstYoung.getPosition() - before;
    int after =
        Math.min(
            CONTEXT,
            Math.min(
                old.size() - end(hunk.getLast().getSource()),
                young.size() - end(hunk.getLast().getTarget())));
    int oldEnd = end(hunk.getLast().getSource()) + after;
    int youngEnd = end(hunk.getLast().getTarget()) + after;
    json.writeStartObject();
    json.writeStringField("header", header(oldAt, oldEnd, youngAt, youngEnd));
    json.writeArrayFieldStart("lines");
    for (AbstractDelta<String> delta : hunk) {
      while (oldAt < delta.getSource().getPosition()) {
        writeContext(json, oldAt, youngAt, old.get(oldAt++), young.get(youngAt++));
      }
      if (delta.getType() != DeltaType.EQUAL) {
        writeChange(json, delta, old, young);
      }
      oldAt = end(delta.getSource());
      youngAt = end(delta.getTarget());
    }
    while (oldAt < oldEnd) {
      writeContext(json, oldAt, youngAt, old.get(oldAt++), young.get(youngAt++));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static String header(int oldAt, int oldEnd, int youngAt, int youngEnd) {
    return "@@ -%d,%d +%d,%d @@"
        .formatted(
            oldEnd > oldAt ? oldAt + 1 : oldAt,
            oldEnd - oldAt,
            youngEnd > youngAt ? youngAt + 1 : youngAt,
            youngEnd - youngAt);
  }

  private static void writeContext(
      JsonGenerator json, int oldAt, int youngAt, String old, String young) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "context");
    json.writeNumberField("oldNumber", oldAt + 1);
    json.writeNumberField("newNumber", youngAt + 1);
    json.writeStringField("content", old);
    json.writeStringField("revisedContent", young);
    write(json, List.of(new Segment(old, false)));
    json.writeEndObject();
  }

  private static void writeChange(
      JsonGenerator json, AbstractDelta<String> delta, List<String> old, List<String> young)
      throws IOException {
    List<String> removed = old.subList(delta.getSource().getPosition(), end(delta.getSource()));
    List<String> added = young.subList(delta.getTarget().getPosition(), end(delta.getTarget()));
    for (int i = 0; i < removed.size(); i++) {
      String counterpart = i < added.size() ? added.get(i) : removed.get(i);
      json.writeStartObject();
      json.writeStringField("type", "removed");
      json.writeNumberField("oldNumber", delta.getSource().getPosition() + i + 1);
      json.writeNullField("newNumber");
      json.writeStringField("content", removed.get(i));
      write(json, segments(removed.get(i), counterpart));
      json.writeEndObject();
    }
    for (int i = 0; i < added.size(); i++) {
      String counterpart = i < removed.size() ? removed.get(i) : added.get(i);
      json.writeStartObject();
      json.writeStringField("type", "added");
      json.writeNullField("oldNumber");
      json.writeNumberField("newNumber", delta.getTarget().getPosition() + i + 1);
      json.writeStringField("content", added.get(i));
      write(json, segments(added.get(i), counterpart));
      json.writeEndObject();
    }
  }

  /** Divides a line into pieces, and marks the pieces that its counterpart lacks. */
  private static List<Segment> segments(String line, String counterpart) {
    if (Math.max(line.length(), counterpart.length()) > LONGEST_WORDS) {
      return List.of(new Segment(line, false));
    }
    List<String> tokens = tokens(line);
    List<Segment> segments = new ArrayList<>();
    int at = 0;
    for (AbstractDelta<String> delta : DiffUtils.diff(tokens, tokens(counterpart)).getDeltas()) {
      add(segments, tokens.subList(at, delta.getSource().getPosition()), false);
      at = end(delta.getSource());
      add(segments, tokens.subList(delta.getSource().getPosition(), at), true);
    }
    add(segments, tokens.subList(at, tokens.size()), false);
    return segments;
  }

  private static void add(List<Segment> segments, List<String> tokens, boolean changed) {
    if (!tokens.isEmpty()) {
      segments.add(new Segment(String.join("", tokens), changed));
    }
  }

  private static List<String> tokens(String line) {
    List<String> tokens = new ArrayList<>();
    Matcher token = TOKEN.matcher(line);
    while (token.find()) {
      tokens.add(token.group());
    }
    return tokens;
  }

  private static void write(JsonGenerator json, List<Segment> segments) throws IOException {
    json.writeArrayFieldStart("segments");
    for (Segment segment : segments) {
      json.writeStartObject();
      json.writeStringField("text", segment.text());
      json.writeBooleanField("changed", segment.changed());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
