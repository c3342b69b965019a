package io.postil.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules that the boundaries of the modules cannot hold. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(
              location -> !location.contains("/testkit/") && !location.contains("postil-testkit"))
          .importPackages("io.postil");

  @Test
  void arrowsBetweenModulesOnlyGoDown() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.postil..")
        .withOptionalLayers(true)
        .layer("cli")
        .definedBy("io.postil.cli..")
        .layer("server")
        .definedBy("io.postil.server..")
        .layer("edges")
        .definedBy(
            "io.postil.store..", "io.postil.formats..", "io.postil.backends..", "io.postil.zoo..")
        .layer("engine")
        .definedBy("io.postil.engine..", "io.postil")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("server")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("edges")
        .mayOnlyBeAccessedByLayers("cli", "server", "engine")
        .check(CLASSES);
  }

  @Test
  void coreDoesNoInputOrOutput() {
    noClasses()
        .that()
        .resideInAPackage("io.postil.core..")
        .and()
        // What ids begin with comes from the system.
        .doNotHaveSimpleName("SystemRandom")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "java.nio.channels..", "java.sql..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.nio\\.file\\.Files|java\\.io\\.(Random|File).*")
        .check(CLASSES);
  }

  @Test
  void coreKnowsNoOtherModule() {
    noClasses()
        .that()
        .resideInAPackage("io.postil.core..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.postil.engine..",
            "io.postil.store..",
            "io.postil.formats..",
            "io.postil.backends..",
            "io.postil.zoo..",
            "io.postil.server..",
            "io.postil.cli..")
        .check(CLASSES);
  }

  @Test
  void packagesOfCoreHaveNoCycles() {
    slices().matching("io.postil.core.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
