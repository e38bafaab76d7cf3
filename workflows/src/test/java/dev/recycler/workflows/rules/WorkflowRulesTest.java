package dev.recycler.workflows.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.recycler.workflows.rules.bad.BadWorkflow;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkflowRulesTest {
  private static final JavaClasses MODULE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.recycler.workflows");
  private static final JavaClasses BAD = new ClassFileImporter().importClasses(BadWorkflow.class);

  static List<ArchRule> rules() {
    return WorkflowRules.FOR_WORKFLOW_CODE;
  }

  @ParameterizedTest
  @MethodSource("rules")
  void workflowCodeKeeps(ArchRule rule) {
    JavaClasses workflowCode = MODULE.that(WorkflowRules.IS_WORKFLOW_CODE);
    assertThat(workflowCode.contain("dev.recycler.workflows.SeriesWorkflowImpl")).isTrue();
    rule.check(workflowCode);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void ruleFindsTheBadClass(ArchRule rule) {
    assertThatThrownBy(() -> rule.check(BAD)).isInstanceOf(AssertionError.class);
  }

  @Test
  void theWholeModuleIsFreeOfInputAndOutput() {
    WorkflowRules.NO_FILES_OR_NETWORK.check(MODULE);
    WorkflowRules.NO_ENVIRONMENT.check(MODULE);
    WorkflowRules.NO_CLOCK.check(MODULE);
    WorkflowRules.NO_STATIC_STATE.check(MODULE);
  }

  @Test
  void theModuleDependsOnNothingButItsContractAllows() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "io.temporal..",
            "com.google.protobuf..",
            "com.fasterxml.jackson..",
            "org.snakeyaml..",
            "dev.recycler.workflows..")
        .check(MODULE);
  }

  @Test
  void packagesDependOnEachOtherInOneDirection() {
    slices().matching("dev.recycler.workflows.(*)..").should().beFreeOfCycles().check(MODULE);
  }
}
