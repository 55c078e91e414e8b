package io.gatehouse.gateway.skills;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.FileNames;
import io.gatehouse.gateway.session.HeldBytes;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Sessions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads skills by programs in an account's login. */
final class SkillReader {

  private static final Logger LOG = LoggerFactory.getLogger(SkillReader.class);

  /** The limit for one program. It usually takes 10 ms. */
  private static final Duration LIMIT = Duration.ofSeconds(4);

  /** Bytes of all paths and resources of an answer. */
  private static final int NAMES = 1024 * 1024;

  /** Characters of all skills of an account: names, descriptions and paths. They stay in memory. */
  private static final int LONGEST_LIST = 256 * 1024;

  /**
   * Characters of front matter that are read as YAML for a list; the files after them are read line
   * by line. Hostile YAML takes up to 4 microseconds for each character, so a list takes a second
   * of a processor at most.
   */
  private static final int MOST_YAML = 256 * 1024;

  private static final String FILE_NAME = "/SKILL.md";

  private final Sessions sessions;
  private final SkillPrograms programs;

  SkillReader(Sessions sessions, SkillPrograms programs) {
    this.sessions = sessions;
    this.programs = programs;
  }

  /**
   * The skills of an account, as they were found at one time.
   *
   * @param stamp differs when a path or front matter has changed
   */
  record Found(String stamp, List<Skill> skills) {
    Found {
      skills = List.copyOf(skills);
    }
  }

  /** The skills of the account; those that are known, if no front matter has changed. */
  Found read(Account account, Optional<Found> known, Lease held) {
    byte[] answer = run(account, programs.list(account), NAMES + SkillPrograms.HEADS, held);
    String stamp = stamp(answer);
    return known
        .filter(before -> before.stamp().equals(stamp))
        .orElseGet(() -> new Found(stamp, skills(account, answer)));
  }

  /** The whole text of a skill; empty if its file can no longer be read. */
  Optional<SkillText> text(Account account, Skill skill, Lease held) {
    byte[] answer = run(account, SkillPrograms.text(skill), SkillPrograms.LARGEST + NAMES, held);
    if (answer.length == 0) {
      return Optional.empty();
    }
    try (InputStream in = new ByteArrayInputStream(answer)) {
      byte[] text = in.readNBytes(Integer.parseInt(word(in)));
      List<String> resources = new ArrayList<>();
      while (in.available() > 0) {
        resources.add(word(in));
      }
      return decode(text)
          .map(FrontMatter::of)
          .flatMap(
              matter ->
                  skill(skill.location(), matter)
                      .map(now -> new SkillText(now, matter.body(), resources)));
    } catch (IOException | NumberFormatException cut) {
      throw cutShort(cut);
    }
  }

  private byte[] run(Account account, String program, int most, Lease held) {
    try (Pipe pipe = sessions.of(account).pipe(program, LIMIT)) {
      HeldBytes output = HeldBytes.read(pipe.output(), most, held);
      held.take(output.size());
      if (pipe.timedOut()) {
        throw new SessionException(Reason.TIMED_OUT, "the skills are not read within the limit");
      }
      return output.toArray();
    } catch (IOException failure) {
      throw cutShort(failure);
    }
  }

  private static SessionException cutShort(Exception cause) {
    return new SessionException(Reason.TIMED_OUT, "the answer about skills was cut short", cause);
  }

  private static String stamp(byte[] answer) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(answer));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static List<Skill> skills(Account account, byte[] answer) {
    Map<String, Skill> skills = new LinkedHashMap<>();
    int length = 0;
    int yaml = 0;
    try (InputStream in = new ByteArrayInputStream(answer)) {
      while (in.available() > 0) {
        String location = word(in);
        int size = Integer.parseInt(word(in));
        Optional<String> text = decode(in.readNBytes(size));
        Optional<FrontMatter> matter = Optional.empty();
        if (text.isPresent()) {
          matter = Optional.of(FrontMatter.of(text.get(), yaml < MOST_YAML));
          yaml += text.get().length() - matter.get().body().length();
        }
        Optional<Skill> skill = matter.flatMap(found -> skill(location, found));
        if (skill.isEmpty()) {
          LOG.debug("a SKILL.md of {} is no text or has no description", account.name());
        } else if (length + skill.get().length() > LONGEST_LIST) {
          LOG.debug("{} has too many skills; the last are left out", account.name());
          break;
        } else if (skills.putIfAbsent(skill.get().name(), skill.get()) == null) {
          length += skill.get().length();
        }
      }
    } catch (IOException | NumberFormatException cut) {
      // There are more bytes than are read at once. The skills that were read are listed.
      LOG.debug("the skills of {} are too long; the last are left out", account.name());
    }
    return List.copyOf(skills.values());
  }

  private static Optional<Skill> skill(String location, FrontMatter matter) {
    String folder = location.substring(0, location.length() - FILE_NAME.length());
    return matter
        .find("description")
        .map(
            description ->
                new Skill(
                    matter.find("name").orElse(folder.substring(folder.lastIndexOf('/') + 1)),
                    description,
                    location));
  }

  /** The text in UTF-8; empty if the bytes are something else. */
  private static Optional<String> decode(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException noText) {
      return Optional.empty();
    }
  }

  /** Reads to the next NUL. */
  private static String word(InputStream in) throws IOException {
    ByteArrayOutputStream word = new ByteArrayOutputStream();
    for (int next = in.read(); next != 0; next = in.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      word.write(next);
    }
    return FileNames.decode(word.toByteArray());
  }
}
