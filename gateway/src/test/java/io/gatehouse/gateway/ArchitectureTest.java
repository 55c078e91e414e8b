package io.gatehouse.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.Source;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the rules of ARCHITECTURE.md for the packages. */
@AnalyzeClasses(
    packages = "io.gatehouse.gateway",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String ROOT = "io.gatehouse.gateway";
  private static final String HTTP = ROOT + ".http";

  /** The most files of a package, so that a person can take it in at a glance. */
  private static final long MOST_FILES = 30;

  private static final int MOST_PARAMETERS = 7;
  private static final int MOST_LINES = 300;

  @ArchTest
  static final ArchRule packagesDependInOneDirection =
      Architectures.layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("gateway")
          .definedBy(ROOT)
          .layer("http")
          .definedBy(ROOT + ".http..")
          .layer("exec")
          .definedBy(ROOT + ".exec")
          .layer("files")
          .definedBy(ROOT + ".files..")
          .layer("terminal")
          .definedBy(ROOT + ".terminal")
          .layer("notebooks")
          .definedBy(ROOT + ".notebooks")
          .layer("isolation")
          .definedBy(ROOT + ".isolation")
          .layer("skills")
          .definedBy(ROOT + ".skills")
          .layer("ports")
          .definedBy(ROOT + ".ports")
          .layer("screen")
          .definedBy(ROOT + ".screen")
          .layer("ssh")
          .definedBy(ROOT + ".ssh..")
          .layer("chat")
          .definedBy(ROOT + ".chat")
          .layer("session")
          .definedBy(ROOT + ".session")
          .layer("account")
          .definedBy(ROOT + ".account")
          .layer("auth")
          .definedBy(ROOT + ".auth")
          .layer("schedule")
          .definedBy(ROOT + ".schedule")
          .whereLayer("gateway")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("http")
          .mayOnlyBeAccessedByLayers("gateway")
          .whereLayer("exec")
          .mayOnlyBeAccessedByLayers("gateway", "http")
          .whereLayer("files")
          .mayOnlyBeAccessedByLayers("gateway", "http")
          .whereLayer("terminal")
          .mayOnlyBeAccessedByLayers("gateway", "http")
          .whereLayer("notebooks")
          .mayOnlyBeAccessedByLayers("gateway", "http")
          .whereLayer("isolation")
          .mayOnlyBeAccessedByLayers("gateway", "http")
          .whereLayer("ports")
          .mayOnlyBeAccessedByLayers("gateway", "http")
          .whereLayer("skills")
          .mayOnlyBeAccessedByLayers("gateway", "http")
          .whereLayer("screen")
          .mayOnlyBeAccessedByLayers("gateway", "http", "exec", "terminal")
          .whereLayer("ssh")
          .mayOnlyBeAccessedByLayers("gateway")
          .whereLayer("chat")
          .mayOnlyBeAccessedByLayers("gateway", "http", "exec", "terminal")
          .whereLayer("session")
          .mayOnlyBeAccessedByLayers(
              "gateway",
              "http",
              "exec",
              "files",
              "terminal",
              "skills",
              "notebooks",
              "ports",
              "isolation",
              "screen",
              "ssh",
              "chat")
          .whereLayer("account")
          .mayOnlyBeAccessedByLayers(
              "gateway",
              "http",
              "exec",
              "files",
              "terminal",
              "skills",
              "notebooks",
              "ports",
              "isolation",
              "ssh",
              "chat",
              "session")
          .whereLayer("schedule")
          .mayNotAccessAnyLayer();

  /** Each layer of {@code http} uses only the layers below it, and no package of its own layer. */
  @ArchTest
  static final ArchRule packagesOfHttpUseTheLayersBelow =
      Architectures.layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("server")
          .definedBy(HTTP)
          .layer("files")
          .definedBy(HTTP + ".files")
          .layer("execute")
          .definedBy(HTTP + ".execute")
          .layer("terminal")
          .definedBy(HTTP + ".terminal")
          .layer("notebooks")
          .definedBy(HTTP + ".notebooks")
          .layer("isolation")
          .definedBy(HTTP + ".isolation")
          .layer("skills")
          .definedBy(HTTP + ".skills")
          .layer("ports")
          .definedBy(HTTP + ".ports")
          .layer("mcp")
          .definedBy(HTTP + ".mcp")
          .layer("transfer")
          .definedBy(HTTP + ".transfer")
          .layer("describe")
          .definedBy(HTTP + ".describe")
          .layer("connection")
          .definedBy(HTTP + ".connection")
          .layer("exchange")
          .definedBy(HTTP + ".exchange")
          .layer("binding")
          .definedBy(HTTP + ".binding")
          .layer("problem")
          .definedBy(HTTP + ".problem")
          .layer("json")
          .definedBy(HTTP + ".json")
          // The top layer.
          .whereLayer("server")
          .mayNotBeAccessedByAnyLayer()
          // A package for each group of operations.
          .whereLayer("files")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("execute")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("terminal")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("notebooks")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("isolation")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("ports")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("skills")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("mcp")
          .mayOnlyBeAccessedByLayers("server")
          // The parts that several of these packages use.
          .whereLayer("transfer")
          .mayOnlyBeAccessedByLayers("server", "files", "ports", "mcp")
          .whereLayer("describe")
          .mayOnlyBeAccessedByLayers("server", "files", "execute", "terminal", "mcp")
          .whereLayer("connection")
          .mayOnlyBeAccessedByLayers("server", "terminal")
          // One request and its answer.
          .whereLayer("exchange")
          .mayOnlyAccessLayers("binding", "problem", "json")
          // From a request to records.
          .whereLayer("binding")
          .mayOnlyAccessLayers("problem", "json")
          .whereLayer("problem")
          .mayOnlyAccessLayers("json")
          .whereLayer("json")
          .mayNotAccessAnyLayer();

  @ArchTest
  static final ArchRule thereAreNoCycles =
      slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule thereAreNoCyclesBetweenSubPackages =
      slices().matching("io.gatehouse.(**)").should().beFreeOfCycles();

  @ArchTest
  static void packagesHaveAtMostThirtyFiles(JavaClasses program) {
    Map<String, Long> files =
        program.stream()
            .flatMap(
                type ->
                    type.getSource().flatMap(Source::getFileName).stream()
                        .map(file -> type.getPackageName() + "/" + file))
            .distinct()
            .collect(
                Collectors.groupingBy(
                    file -> file.substring(0, file.indexOf('/')), Collectors.counting()));
    assertThat(files)
        .hasSizeGreaterThan(20)
        .allSatisfy(
            (name, count) ->
                assertThat(count).as("files in " + name).isLessThanOrEqualTo(MOST_FILES));
  }

  @ArchTest
  static final ArchRule constructorsHaveAtMostSevenParameters =
      constructors()
          .should(
              new ArchCondition<>("have at most " + MOST_PARAMETERS + " parameters") {
                @Override
                public void check(JavaConstructor constructor, ConditionEvents events) {
                  int count = parameters(constructor);
                  events.add(
                      new SimpleConditionEvent(
                          constructor,
                          count <= MOST_PARAMETERS,
                          constructor.getFullName() + " has " + count + " parameters"));
                }
              });

  /**
   * The parameters in the source. The compiler adds a name and a position to the constructors of an
   * enum.
   */
  private static int parameters(JavaConstructor constructor) {
    int all = constructor.getRawParameterTypes().size();
    return constructor.getOwner().isEnum() ? all - 2 : all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"src/main/java", "../documents/src/main/java", "../bench/src/main/java"})
  void filesHaveAtMostThreeHundredLines(String folder) throws IOException {
    Map<String, Integer> longFiles = new TreeMap<>();
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        int lines = Files.readAllLines(file).size();
        if (lines > MOST_LINES) {
          longFiles.put(file.getFileName().toString(), lines);
        }
      }
    }
    assertThat(longFiles).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../documents/src/main/java", "../bench/src/main/java"})
  void foldersOfOtherModulesHaveAtMostThirtyFiles(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      Map<Path, Long> counts =
          files
              .filter(Files::isRegularFile)
              .collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
      assertThat(counts)
          .isNotEmpty()
          .allSatisfy((name, count) -> assertThat(count).isLessThanOrEqualTo(MOST_FILES));
    }
  }

  @ArchTest
  static final ArchRule onlySshSpeaksSsh =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".ssh..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.sshd..");

  @ArchTest
  static final ArchRule onlyHttpSpeaksHttp =
      noClasses()
          .that()
          .resideOutsideOfPackage(HTTP + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..");

  @ArchTest
  static final ArchRule onlyMcpSpeaksMcp =
      noClasses()
          .that()
          .resideOutsideOfPackages(HTTP, HTTP + ".mcp")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.modelcontextprotocol..");

  /** These need Reactor, which the program does not have. */
  @ArchTest
  static final ArchRule nobodyRunsTheServersOfTheSdk =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.modelcontextprotocol.server..", "io.modelcontextprotocol.client..", "reactor..");

  @ArchTest
  static final ArchRule onlyScreenEmulatesTerminals =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".screen")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.jline..");

  @ArchTest
  static final ArchRule onlySkillsReadsYaml =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".skills")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.snakeyaml..");

  @ArchTest
  static final ArchRule onlyLoggingKnowsLogback =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".logging")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ch.qos.logback..");

  @ArchTest
  static final ArchRule onlyMainReadsTheEnvironment =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT)
          .should()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class);

  @ArchTest
  static final ArchRule filesOpensNoFileByItself =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".files..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("java.nio.file..")
                  .and(not(type(java.nio.file.Path.class)))
                  .and(not(type(java.nio.file.attribute.FileTime.class)))
                  .or(resideInAPackage("java.nio.channels.."))
                  .or(belongToAnyOf(File.class, FileInputStream.class, FileOutputStream.class))
                  .or(belongToAnyOf(RandomAccessFile.class, FileReader.class, FileWriter.class)))
          .because("a user's file is opened by the user's own processes only");

  @ArchTest
  static final ArchRule nobodyStartsProcesses =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class)
          .orShould()
          .callMethodWhere(target(owner(type(Runtime.class))).and(target(name("exec"))))
          .because("what is done for a user is done in the user's login");

  @ArchTest static final ArchRule loggingIsSlf4j = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

  @ArchTest
  static final ArchRule classesAreFinalOrClosed =
      classes()
          .that()
          .areNotInterfaces()
          .and()
          .areNotEnums()
          .and()
          .areNotRecords()
          .and()
          .areNotAnonymousClasses()
          .should()
          .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);
}
