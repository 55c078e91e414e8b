package io.gatehouse.gateway.it;

import static io.gatehouse.gateway.it.SkillRequests.awaitNames;
import static io.gatehouse.gateway.it.SkillRequests.list;
import static io.gatehouse.gateway.it.SkillRequests.names;
import static io.gatehouse.gateway.it.SkillRequests.read;
import static io.gatehouse.gateway.it.SkillRequests.shell;
import static io.gatehouse.gateway.it.SkillRequests.skill;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.RawRequests;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Attacks that alice tries by her skills, or by requests for skills, on bob, on the gateway, and on
 * the admin's skills.
 *
 * @param name the row of the table in SECURITY.md
 * @param attempt the attack, which throws an assertion error if it succeeds
 */
record SkillAttack(String name, Consumer<Scene> attempt) {

  private static final String SECRET = "SECRET-b0b";

  /** The names of the groups: alice is in the first, and bob in the second. */
  private static final String ALICES_GROUP = "students";

  private static final String BOBS_GROUP = "staff";

  /** The file of groups that the attacks need. */
  static String groups(String alicesAccount, String bobsAccount) {
    return ALICES_GROUP + ": " + alicesAccount + "\n" + BOBS_GROUP + ": " + bobsAccount + "\n";
  }

  /**
   * The gateway and its users.
   *
   * @param alice the user who attacks
   * @param bob the other user, who has the skill "private"
   * @param alices the path of the folder of alice's skills
   * @param bobs the path of the folder of bob's skills
   * @param etc the admin's folder, with skills for all, and for each group
   * @param asRoot runs a command as root, and fails if it fails
   */
  record Scene(
      RawRequests requests,
      Client alice,
      Client bob,
      String alices,
      String bobs,
      String etc,
      Consumer<String> asRoot) {

    /** Makes bob's skill and those of the admin. */
    static Scene prepare(RawRequests alice, RawRequests bob, String etc, Consumer<String> asRoot) {
      String folder = "/.agents/skills";
      Scene scene =
          new Scene(
              alice,
              alice.client(),
              bob.client(),
              shell(alice.client(), "echo ~").strip() + folder,
              shell(bob.client(), "echo ~").strip() + folder,
              etc,
              asRoot);
      // Only bob's home keeps alice out of his skills.
      shell(scene.bob(), skill(scene.bobs(), "private", SECRET) + "; chmod -R a+rwX ~/.agents");
      return scene;
    }

    /** Alice has no skill and the admin has three, one for everybody and one for each group. */
    private void begin() {
      shell(alice, "chmod -R u+rwX ~/.agents ~/.claude 2>/dev/null; rm -rf ~/.agents ~/.claude");
      asRoot.accept("cd '" + etc + "' && rm -rf skills skills.d secret");
      makeAsRoot("skills", "everybody", "root:root", 755);
      makeAsRoot("skills.d/" + ALICES_GROUP, "seminar", "root:gatehouse-" + ALICES_GROUP, 750);
      makeAsRoot("skills.d/" + BOBS_GROUP, "marks", "root:gatehouse-" + BOBS_GROUP, 750);
      awaitNames(alice, List.of("seminar", "everybody"));
      awaitNames(bob, List.of("private", "marks", "everybody"));
    }

    private void makeAsRoot(String folder, String name, String owner, int mode) {
      String made = etc + "/" + folder;
      asRoot.accept(
          skill(made, name, SECRET)
              + "; chown -R %s '%s'; chmod -R %d '%s'".formatted(owner, made, mode, made));
    }

    private void end() {
      shell(alice, "rm -rf ~/.agents ~/.claude");
      asRoot.accept("cd '" + etc + "' && rm -rf skills skills.d secret");
    }

    /**
     * Alice is listed no other skill than hers, the admin's and her group's, and reads no other.
     */
    private void requireNothing(List<String> hers, String... asked) {
      List<String> all = new ArrayList<>(hers);
      all.addAll(List.of("seminar", "everybody"));
      awaitNames(alice, all);
      for (String name : asked) {
        Answer answer = read(alice, name);
        assertThat(answer.status()).as(name).isEqualTo(404);
        assertThat(answer.body()).doesNotContain(SECRET);
      }
      assertThat(read(bob, "private").body()).contains(SECRET);
    }
  }

  /** Tries the attack. Afterwards there is no skill but bob's, as before. */
  void tryOn(Scene scene) {
    scene.begin();
    attempt.accept(scene);
    scene.end();
  }

  /** Bob's links of the same kinds work for bob, so these attacks can work at all. */
  private static void requireThatLinksAreFollowed(Scene scene) {
    shell(
        scene.bob(),
        """
        mkdir -p ~/.claude/skills/file
        ln -s ~/.agents/skills/private/SKILL.md ~/.claude/skills/file/SKILL.md
        ln -s ~/.agents/skills/private ~/.claude/skills/folder
        """);
    awaitNames(scene.bob(), List.of("private", "file", "folder", "marks", "everybody"));
    shell(scene.bob(), "rm -r ~/.claude");
  }

  private static void linkToAnothersFile(Scene scene) {
    requireThatLinksAreFollowed(scene);
    shell(
        scene.alice(),
        skill(scene.alices(), "mine", "mine")
            + """
            ; cd ~/.agents/skills; mkdir absolute relative proc
            ln -s BOBS/private/SKILL.md absolute/SKILL.md
            ln -s ../../../../../../../../..BOBS/private/SKILL.md relative/SKILL.md
            ln -s /proc/self/rootBOBS/private/SKILL.md proc/SKILL.md
            """
                .replace("BOBS", scene.bobs()));
    scene.requireNothing(List.of("mine"), "absolute", "relative", "proc", "private");
  }

  private static void linkToAnothersFolder(Scene scene) {
    requireThatLinksAreFollowed(scene);
    shell(
        scene.alice(),
        skill(scene.alices(), "mine", "mine")
            + """
            ; mkdir ~/.claude; cd ~/.agents/skills
            ln -s BOBS/private theirs
            ln -s BOBS all
            ln -s BOBS ~/.claude/skills
            """
                .replace("BOBS", scene.bobs()));
    scene.requireNothing(List.of("mine"), "theirs", "all", "private", "all/private");
  }

  /** A skill in a folder that only the gateway can enter, or root where the gateway is root. */
  private static void linkToTheGatewaysFile(Scene scene) {
    scene
        .asRoot()
        .accept(
            skill(scene.etc() + "/secret", "x", SECRET)
                + "; cd '%s' && chmod -R go= secret; ! id gateway || chown -R gateway secret"
                    .formatted(scene.etc()));
    shell(
        scene.alice(),
        skill(scene.alices(), "mine", "mine")
            + """
            ; cd ~/.agents/skills; mkdir file shadow key environment
            ln -s ETC/secret/x/SKILL.md file/SKILL.md
            ln -s ETC/secret/x folder
            ln -s /etc/shadow shadow/SKILL.md
            ln -s /run/gatehouse/provisioner_ed25519 key/SKILL.md
            ln -s /proc/1/environ environment/SKILL.md
            """
                .replace("ETC", scene.etc()));
    scene.requireNothing(List.of("mine"), "file", "folder", "x", "shadow", "key", "environment");
  }

  /** The file is exchanged between the list, which knows it, and the request for its text. */
  private static void exchangeAfterTheList(Scene scene) {
    for (String target : List.of(scene.bobs() + "/private/SKILL.md", scene.bobs() + "/private")) {
      shell(scene.alice(), skill(scene.alices(), "x", "mine"));
      awaitNames(scene.alice(), List.of("x", "seminar", "everybody"));
      assertThat(read(scene.alice(), "x").status()).isEqualTo(200);
      boolean isFile = target.endsWith(".md");
      shell(
          scene.alice(),
          "cd ~/.agents/skills; "
              + (isFile ? "ln -sf %s x/SKILL.md" : "rm -r x; ln -s %s x").formatted(target));
      Answer answer = read(scene.alice(), "x");
      assertThat(answer.status()).as(target).isEqualTo(404);
      assertThat(answer.body()).doesNotContain(SECRET);
      scene.requireNothing(List.of(), "x");
      shell(scene.alice(), "rm -r ~/.agents");
    }
  }

  /** Even if the kernel let alice make a link to a file of the gateway's, she could not read it. */
  private static void linkHard(Scene scene) {
    Answer made =
        scene
            .alice()
            .run(
                "mkdir -p ~/.agents/skills/hard && ln "
                    + scene.bobs()
                    + "/private/SKILL.md ~/.agents/skills/hard/SKILL.md");
    assertThat(made.exitCode()).as(made.output()).isNotZero();
    scene
        .asRoot()
        .accept(
            skill(scene.etc() + "/secret", "x", SECRET)
                + "; chmod 711 '"
                + scene.etc()
                + "/secret'; chmod 600 '"
                + scene.etc()
                + "/secret/x/SKILL.md'");
    var unused =
        scene
            .alice()
            .run("ln " + scene.etc() + "/secret/x/SKILL.md ~/.agents/skills/hard/SKILL.md");
    scene.requireNothing(List.of(), "hard", "private");
  }

  /** {@link SkillRequests#list} has the time within which the list must be there. */
  private static void holdUpTheList(Scene scene) {
    shell(
        scene.alice(),
        skill(scene.alices(), "mine", "mine")
            + """
            ; cd ~/.agents/skills; mkdir pipe endless terminal loop
            mkfifo pipe/SKILL.md folder ~/.claude
            ln -s /dev/zero endless/SKILL.md
            ln -s /dev/tty terminal/SKILL.md
            ln -s SKILL.md loop/SKILL.md
            """);
    scene.requireNothing(List.of("mine"), "pipe", "folder", "endless", "terminal", "loop");
    assertThat(read(scene.alice(), "mine").status()).isEqualTo(200);
    assertThat(names(scene.bob())).contains("private");
  }

  /** The names of skills are compared, and no path is made of them. */
  private static void askByName(Scene scene) {
    shell(scene.alice(), skill(scene.alices(), "mine", "mine"));
    String path = scene.bobs().substring(1).replace("/", "%2f") + "%2fprivate";
    String id = list(scene.bob()).json().at("/0/id").asText();
    assertThat(id).isEqualTo("terminal:private");
    for (String target :
        List.of(
            "/skills/private",
            "/skills/" + id,
            "/skills/read?name=private",
            "/skills/read?name=" + id,
            "/skills/read?id=" + id + "&name=private",
            "/skills/read?name=private&user_id=" + Path.of(scene.bobs()).getName(1),
            "/skills/..%2f..%2f..%2f" + path,
            "/skills/%2e%2e/%2e%2e" + scene.bobs() + "/private",
            "/skills/%2e%2e%2fread?name=private",
            "/skills/%2F" + path + "%2FSKILL.md",
            "/skills/private/SKILL.md",
            "/skills/private%00",
            "/skills/read?name=..%2F..%2F..%2F" + path,
            "/skills/read?name=%2F" + path + "%2FSKILL.md",
            "/skills/read?name=private%00&name=private",
            "/skills/./private",
            "/skills//private",
            "/skills;user=bobby/private")) {
      assertThat(scene.requests().get(target))
          .as(target)
          .doesNotContain(SECRET)
          .matches("(?s)HTTP/1\\.1 4[0-9][0-9] .*");
    }
    scene.requireNothing(List.of("mine"), "private", id);
  }

  private static void changeTheAdmins(Scene scene) {
    for (String folder : List.of("skills", "skills.d/" + ALICES_GROUP)) {
      String skill = folder.equals("skills") ? "everybody" : "seminar";
      Answer tried =
          scene
              .alice()
              .run(
                  """
                  cd 'FOLDER' && test -r NAME/SKILL.md || echo cannot read
                  (echo >>NAME/SKILL.md) && echo written
                  (echo >NAME/more) && echo written
                  chmod u+w NAME/SKILL.md && echo written
                  rm -f NAME/SKILL.md && echo written
                  mv NAME taken && echo written
                  mkdir hers && echo written
                  ln -s ~ hers && echo written
                  """
                      .replace("FOLDER", scene.etc() + "/" + folder)
                      .replace("NAME", skill));
      assertThat(tried.output())
          .as(folder)
          .contains("Permission denied")
          .doesNotContain("written", "cannot read");
      // Her own skill of this name is hers alone.
      shell(scene.alice(), skill(scene.alices(), skill, "hers"));
    }
    awaitNames(scene.alice(), List.of("everybody", "seminar"));
    assertThat(read(scene.alice(), "everybody").body()).contains("hers").doesNotContain(SECRET);
    assertThat(read(scene.bob(), "everybody").body()).contains(SECRET);
    awaitNames(scene.bob(), List.of("private", "marks", "everybody"));
  }

  private static void readAnothersGroup(Scene scene) {
    String marks = scene.etc() + "/skills.d/" + BOBS_GROUP + "/marks";
    assertThat(read(scene.bob(), "marks").body()).contains(SECRET);
    Answer tried = scene.alice().run("cat " + marks + "/SKILL.md; ls " + marks);
    assertThat(tried.exitCode()).isNotZero();
    assertThat(tried.output()).doesNotContain(SECRET, "SKILL.md\n");
    shell(
        scene.alice(),
        "mkdir -p ~/.agents/skills/file; cd ~/.agents/skills; ln -s MARKS folder; ln -s MARKS/SKILL.md file/SKILL.md"
            .replace("MARKS", marks));
    scene.requireNothing(List.of(), "marks", "folder", "file", "terminal:marks");
  }

  static final List<SkillAttack> ALL =
      List.of(
          new SkillAttack(
              "read another's SKILL.md through a link", SkillAttack::linkToAnothersFile),
          new SkillAttack(
              "read another's skills through a link to their folder",
              SkillAttack::linkToAnothersFolder),
          new SkillAttack(
              "read a file of the gateway's or of root's through a link",
              SkillAttack::linkToTheGatewaysFile),
          new SkillAttack(
              "exchange a SKILL.md for a link between the list and the request",
              SkillAttack::exchangeAfterTheList),
          new SkillAttack("read another's SKILL.md through a hard link", SkillAttack::linkHard),
          new SkillAttack(
              "hold up the list by a pipe or a device as SKILL.md", SkillAttack::holdUpTheList),
          new SkillAttack(
              "read another's skill by its name, its id or a path", SkillAttack::askByName),
          new SkillAttack(
              "change a skill of the admin's or of one's own group", SkillAttack::changeTheAdmins),
          new SkillAttack(
              "read a skill of a group that one is not in", SkillAttack::readAnothersGroup));
}
