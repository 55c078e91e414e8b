package io.gatehouse.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;

/** Holds what ARCHITECTURE.md says of the packages. */
@AnalyzeClasses(
    packages = "io.gatehouse.gateway",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String ROOT = "io.gatehouse.gateway";

  @ArchTest
  static final ArchRule packagesDependInOneDirection =
      Architectures.layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("gateway")
          .definedBy(ROOT)
          .layer("http")
          .definedBy(ROOT + ".http")
          .layer("exec")
          .definedBy(ROOT + ".exec")
          .layer("files")
          .definedBy(ROOT + ".files..")
          .layer("terminal")
          .definedBy(ROOT + ".terminal")
          .layer("isolation")
          .definedBy(ROOT + ".isolation")
          .layer("screen")
          .definedBy(ROOT + ".screen")
          .layer("ssh")
          .definedBy(ROOT + ".ssh")
          .layer("session")
          .definedBy(ROOT + ".session")
          .layer("account")
          .definedBy(ROOT + ".account")
          .layer("auth")
          .definedBy(ROOT + ".auth")
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
          .whereLayer("isolation")
          .mayOnlyBeAccessedByLayers("gateway", "http")
          .whereLayer("screen")
          .mayOnlyBeAccessedByLayers("gateway", "http", "exec", "terminal")
          .whereLayer("ssh")
          .mayOnlyBeAccessedByLayers("gateway")
          .whereLayer("session")
          .mayOnlyBeAccessedByLayers(
              "gateway", "http", "exec", "files", "terminal", "isolation", "screen", "ssh")
          .whereLayer("account")
          .mayOnlyBeAccessedByLayers(
              "gateway", "http", "exec", "files", "terminal", "isolation", "ssh", "session");

  @ArchTest
  static final ArchRule thereAreNoCycles =
      slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlySshSpeaksSsh =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".ssh")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.sshd..");

  @ArchTest
  static final ArchRule onlyHttpSpeaksHttp =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".http")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..");

  @ArchTest
  static final ArchRule onlyAccountMakesKeys =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".account")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bouncycastle..");

  @ArchTest
  static final ArchRule onlyScreenEmulatesTerminals =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".screen")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.jline..");

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
