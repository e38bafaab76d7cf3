package dev.recycler.workflows.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What workflow code may not do, because a replay on another machine, another day, must take the
 * same decisions.
 */
final class WorkflowRules {
  /** Code that runs inside a workflow, as opposed to the reading of files before one starts. */
  static final String[] WORKFLOW_CODE = {
    "dev.recycler.workflows",
    "dev.recycler.workflows.model..",
    "dev.recycler.workflows.plan..",
    "dev.recycler.workflows.activity..",
    "dev.recycler.workflows.progress..",
    "dev.recycler.workflows.rules.bad.."
  };

  static final ArchRule NO_CLOCK =
      noClasses()
          .should()
          .accessTargetWhere(
              calls("now", "java.time")
                  .or(calls("currentTimeMillis", "java.lang"))
                  .or(calls("nanoTime", "java.lang")))
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.time.Clock")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Date");

  static final ArchRule NO_CHANCE =
      noClasses()
          .should()
          .accessTargetWhere(calls("random", "java.lang").or(calls("randomUUID", "java.util")))
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.util\\.(Random|SplittableRandom|random\\..*)")
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage("java.security..");

  static final ArchRule NO_THREADS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.lang\\.(Thread|ThreadLocal|Process|ProcessBuilder|ProcessHandle|Runtime)")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.util\\.concurrent\\.(?!atomic\\.).*");

  static final ArchRule NO_FILES_OR_NETWORK =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.io\\.(File|RandomAccess).*|java\\.nio\\.(?!file\\.(Path|InvalidPathException)$).*")
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "javax.net..", "java.sql..");

  static final ArchRule NO_ENVIRONMENT =
      noClasses()
          .should()
          .accessTargetWhere(
              calls("getenv", "java.lang")
                  .or(calls("getProperty", "java.lang"))
                  .or(calls("exit", "java.lang")));

  static final ArchRule NO_STATIC_STATE =
      fields().that().areStatic().should().beFinal().allowEmptyShould(true);

  /** Collections whose order differs from one JVM to the next. */
  static final ArchRule NO_ACCIDENTAL_ORDER =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(HashMap.class, HashSet.class, IdentityHashMap.class)
          .orShould()
          .accessTargetWhere(
              copies(Set.class)
                  .or(copies(Map.class))
                  .or(calls("toSet", "java.util.stream"))
                  .or(calls("toMap", "java.util.stream"))
                  .or(calls("groupingBy", "java.util.stream")));

  static final List<ArchRule> FOR_WORKFLOW_CODE =
      List.of(
          NO_CLOCK,
          NO_CHANCE,
          NO_THREADS,
          NO_FILES_OR_NETWORK,
          NO_ENVIRONMENT,
          NO_STATIC_STATE,
          NO_ACCIDENTAL_ORDER);

  static final DescribedPredicate<JavaClass> IS_WORKFLOW_CODE = resideInAnyPackage(WORKFLOW_CODE);

  private WorkflowRules() {}

  private static DescribedPredicate<JavaAccess<?>> calls(String method, String inPackage) {
    return describe(
        "calls of " + inPackage + "…" + method,
        access ->
            access.getTarget().getName().equals(method)
                && access.getTargetOwner().getPackageName().equals(inPackage));
  }

  /** {@code of} and {@code copyOf} of more than nothing. */
  private static DescribedPredicate<JavaAccess<?>> copies(Class<?> collection) {
    return describe(
        "calls of " + collection.getSimpleName() + ".of or copyOf",
        access ->
            access.getTargetOwner().isEquivalentTo(collection)
                && access.getTarget().getName().matches("of|copyOf|ofEntries"));
  }
}
