package io.gatehouse.gateway.skills;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.support.InProcessLogins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests skills with the programs that run in a login, as the user who runs the tests. */
@Timeout(60)
final class SkillsTest {

  private static final String USER = "alice";

  private final AtomicLong time = new AtomicLong();
  private InProcessLogins logins;
  private Account alice;
  private Path home;
  private Path etc;
  private Skills skills;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    logins = new InProcessLogins(folder);
    alice = logins.sshd().accountAtHome();
    home = logins.sshd().home();
    etc = Files.createDirectory(folder.resolve("it's etc"));
    skills = new Skills(logins, etc, new MemoryBudget(64 << 20, 32 << 20), time::get);
  }

  @AfterEach
  void stop() {
    logins.close();
  }

  private static Path put(Path folder, String text) throws IOException {
    Files.createDirectories(folder);
    return Files.writeString(folder.resolve("SKILL.md"), text);
  }

  private static Path skill(Path folder, String description) throws IOException {
    return put(folder, "---\ndescription: " + description + "\n---\nbody\n");
  }

  private List<Skill> list() {
    return skills.list(USER, () -> alice);
  }

  /** The list after the time for which an answer is given again. */
  private List<Skill> later() {
    time.addAndGet(Duration.ofSeconds(2).toNanos());
    return list();
  }

  private List<String> descriptions() {
    return later().stream().map(Skill::description).toList();
  }

  @Test
  void listsTheFoldersInTheirOrderAndNames() throws IOException {
    assertThat(list()).isEmpty();
    skill(home.resolve(".codex/skills/a"), "codex");
    skill(home.resolve(".claude/skills/a"), "claude");
    skill(home.resolve(".agents/skills/it's b"), "agents b");
    skill(home.resolve(".agents/skills/A"), "agents A");
    skill(home.resolve(".agents/skills/.hidden"), "hidden");
    skill(home.resolve(".agents/skills/deep/er"), "too deep");
    skill(etc.resolve("skills/a"), "of the admin, hidden by the user's");
    skill(etc.resolve("skills/z"), "of the admin");
    skill(etc.resolve("skills.d/students/g"), "of a group that the account is not in");
    assertThat(descriptions()).containsExactly("agents A", "agents b", "claude", "of the admin");
    Skill first = list().getFirst();
    assertThat(first.name()).isEqualTo("A");
    assertThat(first.location()).isEqualTo(home.resolve(".agents/skills/A/SKILL.md").toString());
    assertThat(list().get(1).name()).isEqualTo("it's b");
  }

  @Test
  void listsTheFoldersOfTheAccountsGroups() throws IOException {
    logins
        .sshd()
        .instead("id -Gn", "id() { echo alice gatehouse gatehouse-students; }; eval \"$1\"");
    skill(etc.resolve("skills.d/students/g"), "of the students");
    skill(etc.resolve("skills.d/teachers/h"), "of the teachers");
    skill(etc.resolve("skills.d/alice/i"), "of a group that is called as an account");
    skill(etc.resolve("skills/g"), "of all");
    assertThat(descriptions()).containsExactly("of the students");
  }

  @Test
  void leavesOutWhatIsNoSkill() throws IOException {
    Path folder = home.resolve(".agents/skills");
    Files.createDirectories(folder.resolve("a/SKILL.md"));
    put(folder.resolve("b"), "---\nname: b\n---\nno description");
    put(folder.resolve("c"), "no front matter");
    Files.write(
        Files.createDirectories(folder.resolve("d")).resolve("SKILL.md"),
        "---\ndescription: caf\u00e9\n---\n".getBytes(ISO_8859_1));
    put(folder.resolve("e"), "---\ndescription: large\n---\n" + "x".repeat(600_000));
    Files.createSymbolicLink(
        Files.createDirectories(folder.resolve("f")).resolve("SKILL.md"), Path.of("/dev/zero"));
    Files.createSymbolicLink(
        Files.createDirectories(folder.resolve("g")).resolve("SKILL.md"), Path.of("/nowhere"));
    Path pipe = Files.createDirectories(folder.resolve("h")).resolve("SKILL.md");
    assertThat(run("mkfifo", pipe.toString())).isZero();
    skill(folder.resolve("i"), "good");
    put(folder.resolve("j"), "---\ndescription: long\n---\n" + "\u20ac".repeat(100_000));
    Files.write(
        Files.createDirectories(folder.resolve("k")).resolve("SKILL.md"),
        "---\ndescription: unreadable\n---\ncaf\u00e9\n".getBytes(ISO_8859_1));
    put(folder.resolve("l"), "\uFEFF---\r\ndescription: of Windows\r\n---\r\nbody");
    put(folder.resolve("m"), "---\ndescription: never ends\n");
    long begin = System.nanoTime();
    assertThat(descriptions()).containsExactly("good", "long", "of Windows");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
  }

  private static int run(String... command) throws IOException {
    try {
      return new ProcessBuilder(command).start().waitFor();
    } catch (InterruptedException interruption) {
      throw new IllegalStateException(interruption);
    }
  }

  @Test
  void cutsLongDescriptionsBetweenCharacters() throws IOException {
    skill(home.resolve(".agents/skills/a"), "\ud83d\ude00".repeat(1100));
    assertThat(descriptions()).containsExactly("\ud83d\ude00".repeat(1024));
  }

  @Test
  void looksOnceForManyRequestsAndSeesEachChange() throws IOException {
    Path file = skill(home.resolve(".agents/skills/a"), "one");
    assertThat(descriptions()).containsExactly("one");
    int before = logins.sshd().requests().size();
    for (int i = 0; i < 50; i++) {
      assertThat(list()).hasSize(1);
    }
    assertThat(logins.sshd().requests()).hasSize(before);
    // What has not changed is not read again.
    assertThat(descriptions()).containsExactly("one");
    assertThat(logins.sshd().requests()).hasSize(before + 1);
    // The same length in the same second.
    skill(home.resolve(".agents/skills/a"), "two");
    assertThat(descriptions()).containsExactly("two");
    skill(home.resolve(".agents/skills/b"), "three");
    assertThat(descriptions()).containsExactly("two", "three");
    Files.delete(file);
    assertThat(descriptions()).containsExactly("three");
    assertThat(logins.sshd().logins()).isEqualTo(1);
  }

  @Test
  void boundsTheNumberOfSkills() throws IOException {
    for (int i = 0; i < 2_000; i++) {
      skill(home.resolve(".agents/skills/skill-%05d".formatted(i)), "number " + i);
    }
    long begin = System.nanoTime();
    assertThat(list()).hasSize(SkillPrograms.MOST_SKILLS);
    long cold = System.nanoTime() - begin;
    begin = System.nanoTime();
    assertThat(later()).hasSize(SkillPrograms.MOST_SKILLS);
    long look = System.nanoTime() - begin;
    System.out.println("2,000 skills: " + cold / 1_000_000 + " ms, again " + look / 1_000_000);
    assertThat(Duration.ofNanos(cold)).isLessThan(Duration.ofSeconds(8));
  }

  /** All of these files together would take a processor for a minute if all were read as YAML. */
  @Test
  void boundsTheTimeThatHostileFilesTake() throws IOException {
    String hostile = "---\nx: {" + "a, ".repeat(10_000) + "\ndescription: d\n---\n";
    for (int i = 0; i < 120; i++) {
      put(home.resolve(".agents/skills/bomb-%03d".formatted(i)), hostile);
    }
    skill(etc.resolve("skills/good"), "good: still");
    long begin = System.nanoTime();
    assertThat(list()).hasSize(121);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
    assertThat(list().getLast().description()).isEqualTo("good: still");
  }

  /** An account has at most 256 KiB of text in memory, and all accounts have 16 MB. */
  @Test
  void boundsWhatIsKeptOfAllAccounts() throws IOException {
    for (int i = 0; i < 250; i++) {
      skill(home.resolve(".agents/skills/skill-" + i), "x".repeat(1000));
    }
    for (int user = 0; user < 40; user++) {
      assertThat(skills.list("user" + user, () -> alice)).hasSizeBetween(200, 250);
    }
    int before = logins.sshd().requests().size();
    // The time stands still, so a list that is in memory is given again without a look.
    for (int user = 0; user < 40; user++) {
      assertThat(skills.list("user" + user, () -> alice)).isNotEmpty();
    }
    assertThat(logins.sshd().requests().size() - before).isBetween(10, 40);
  }

  @Test
  void readsASkillWithItsResources() throws IOException {
    Path folder = home.resolve(".agents/skills/a");
    put(folder, "---\nname: The name\ndescription: d\n---\n\n# Title\n\ntext\n\n");
    Files.writeString(folder.resolve("b.txt"), "");
    Files.createDirectories(folder.resolve("a/b/c/d"));
    for (String name : List.of("a/1", "a/b/2", "a/b/c/3", "a/b/c/d/4", ".hidden", "a/SKILL.md")) {
      Files.writeString(folder.resolve(name), "");
    }
    Files.createSymbolicLink(folder.resolve("loop"), folder);
    list();
    SkillText read = skills.read(USER, () -> alice, "The name").orElseThrow();
    assertThat(read.content()).isEqualTo("# Title\n\ntext");
    assertThat(read.resources()).containsExactly("a/1", "a/b/2", "a/b/c/3", "b.txt");
    assertThat(read.skill().description()).isEqualTo("d");
    for (int i = 0; i < 100; i++) {
      Files.writeString(folder.resolve("file" + i), "");
    }
    assertThat(skills.read(USER, () -> alice, "The name").orElseThrow().resources()).hasSize(50);
    assertThat(skills.read(USER, () -> alice, "a")).isEmpty();
    assertThat(skills.read(USER, () -> alice, "../../etc/passwd")).isEmpty();
    Files.delete(folder.resolve("SKILL.md"));
    assertThat(skills.read(USER, () -> alice, "The name")).isEmpty();
  }

  @Test
  void isEmptyWhereTheLoginFails() throws IOException {
    skill(home.resolve(".agents/skills/a"), "d");
    logins.sshd().refuseChannels();
    assertThat(list()).isEmpty();
    assertThat(
            skills.list(
                "bob",
                () -> {
                  throw new IllegalStateException("no account");
                }))
        .isEmpty();
  }
}
