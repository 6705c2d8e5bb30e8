package dev.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoredMessage;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Enforces the package table of {@code docs/architecture.md}. */
class ArchitectureTest {
    private static final String ROOT = "dev.sluice";
    /**
     * The clock itself; timestamps of creation and change; the timestamp in a request signature; ages that commands
     * show; the validity of certificates.
     */
    private static final Set<String> READERS_OF_THE_WALL_CLOCK = Set.of(
            ROOT + ".runtime.clock.SystemClockSource",
            ROOT + ".runtime.catalog.CatalogVerticle",
            ROOT + ".worker.HttpWorkerTarget",
            ROOT + ".cli.CommandClock",
            ROOT + ".api.http.CertificateExpiry");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void theDomainDependsOnlyOnJava() {
        check(classes()
                .that()
                .resideInAPackage("dev.sluice.queue..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage("java..", "org.jspecify.annotations", "dev.sluice.queue..")));
    }

    @Test
    void theDomainReadsNoClockAndNoRandomNumbers() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.sluice.queue..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat(describe("draw numbers or read clocks", ArchitectureTest::readsTimeOrChance)));
    }

    /**
     * Durations are measured with {@link dev.sluice.runtime.clock.ContinuousClock}, which does not jump when the wall
     * clock is set.
     */
    @Test
    void theWallClockIsReadOnlyWhereItIsShown() {
        check(noClasses()
                .that(describe("show no time", type -> !READERS_OF_THE_WALL_CLOCK.contains(type.getName())))
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callConstructor(Date.class)
                .orShould()
                .callMethod(Clock.class, "systemUTC"));
    }

    @Test
    void configImportsTheDomain() {
        check(package_("config", "queue"));
    }

    @Test
    void theReaderOfWranglerConfigurationsImportsConfigAndDomain() {
        check(package_("wrangler", "config", "queue"));
        check(only("org.tomlj..", "dev.sluice.wrangler"));
    }

    @Test
    void storeImportsTheDomain() {
        check(package_("store", "queue"));
    }

    @Test
    void runtimeImportsDomainAndStore() {
        check(package_("runtime", "queue", "store"));
    }

    @Test
    void theEdgeImportsConfigRuntimeAndDomain() {
        check(classes()
                .that()
                .resideInAPackage("dev.sluice.api..")
                .should()
                .onlyDependOnClassesThat(onlyPackages("api", "config", "runtime", "queue")
                        .or(describe(
                                "are what a delivery carries", type -> type.isEquivalentTo(StoredMessage.class)))));
    }

    @Test
    void workersImportConfigRuntimeAndDomain() {
        check(classes()
                .that()
                .resideInAPackage("dev.sluice.worker..")
                .should()
                .onlyDependOnClassesThat(onlyPackages("worker", "config", "runtime", "queue")
                        .or(describe(
                                "are what a delivery carries", type -> type.isEquivalentTo(StoredMessage.class)))));
    }

    @Test
    void theClusterImportsWhatItConnectsAndOnlyTheRootImportsIt() {
        check(package_("cluster", "api", "runtime", "store", "queue"));
        check(only("dev.sluice.cluster..", "dev.sluice.cluster..", ROOT));
    }

    @Test
    void onlyWorkersSendHttp() {
        check(only("io.vertx.ext.web.client..", "dev.sluice.worker.."));
    }

    @Test
    void telemetryImplementsTheTracingOfTheRuntime() {
        check(classes()
                .that()
                .resideInAPackage("dev.sluice.telemetry")
                .should()
                .onlyDependOnClassesThat(onlyPackages("telemetry", "config", "runtime", "queue")
                        .or(describe(
                                "are what a delivery carries", type -> type.isEquivalentTo(StoredMessage.class)))));
        check(only("io.opentelemetry..", "dev.sluice.telemetry"));
        check(only("dev.sluice.telemetry", "dev.sluice.telemetry", ROOT));
    }

    @Test
    void managementImportsConfigRuntimeAndDomain() {
        check(package_("management", "config", "runtime", "queue"));
    }

    @Test
    void theLoadGeneratorImportsNoOtherPackage() {
        check(package_("bench"));
    }

    @Test
    void theSubPackagesOfTheApiDependInOneDirection() {
        check(subPackage("api.error"));
        check(subPackage("api.json", "api.error"));
        check(subPackage("api.auth", "api.error"));
        check(subPackage("api.http", "api.auth", "api.error", "api.json"));
        check(subPackage("api.message", "api", "api.auth", "api.error", "api.http", "api.json"));
        check(subPackage("api.binding", "api", "api.auth", "api.error", "api.http", "api.json", "api.message"));
        check(subPackage(
                "api.extension", "api", "api.auth", "api.control", "api.error", "api.http", "api.json", "api.message"));
        check(subPackage("api.page", "api", "api.auth", "api.error", "api.http"));
        check(subPackage("api.control", "api", "api.auth", "api.error", "api.http", "api.json"));
    }

    @Test
    void theWalReaderDoesNotDependOnTheDatabase() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.sluice.store.rocksdb.wal")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.sluice.store.rocksdb"));
    }

    @Test
    void theProtocolOfTheShardLogDependsOnlyOnJava() {
        check(classes()
                .that()
                .resideInAPackage("dev.sluice.store.log")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                "java..", "org.jspecify.annotations", "dev.sluice.store.log")
                        .or(describe(
                                "are the exception of stores", type -> type.isEquivalentTo(StoreException.class)))));
    }

    @Test
    void theSharedPartOfTheStoresKnowsNoStore() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.sluice.store")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.sluice.store.rocksdb..", "dev.sluice.store.memory..", "dev.sluice.store.kafka.."));
    }

    @Test
    void metricsDoNotDependOnActiveQueues() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.sluice.runtime.metrics")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.sluice.runtime", "dev.sluice.runtime.bus..", "dev.sluice.runtime.queue.."));
    }

    @Test
    void packagesAreFreeOfCycles() {
        check(slices().matching("dev.sluice.(*)..").should().beFreeOfCycles());
    }

    @Test
    void theStoreDoesNotDependOnVertx() {
        check(noClasses()
                .that()
                .resideInAnyPackage("dev.sluice.store..", "dev.sluice.config..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.vertx.."));
    }

    @Test
    void onlyTheRocksDbStoreUsesRocksDb() {
        check(only("org.rocksdb..", "dev.sluice.store.rocksdb.."));
    }

    @Test
    void onlyTheKafkaStoreUsesKafka() {
        check(only("org.apache.kafka..", "dev.sluice.store.kafka"));
    }

    @Test
    void theStoreOnDiskDoesNotKnowTheOneInKafka() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.sluice.store.rocksdb..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.sluice.store.kafka"));
    }

    @Test
    void onlyTheEdgeRoutesHttp() {
        check(only("io.vertx.ext.web..", "dev.sluice.api..", "dev.sluice.management..", "dev.sluice.worker..", ROOT));
    }

    @Test
    void onlyMetricsAndManagementUseTheMetricsLibrary() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("dev.sluice.management..", "dev.sluice.runtime.metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.prometheus.."));
    }

    @Test
    void onlyCommandsParseArguments() {
        check(only("picocli..", "dev.sluice.cli"));
    }

    @Test
    void onlyConfigAndTheContractParseYaml() {
        check(only("org.yaml..", "dev.sluice.config..", "dev.sluice.api"));
    }

    @Test
    void onlyCommandsAndTheRootConfigureTheLog() {
        check(only("ch.qos.logback..", "dev.sluice.cli", ROOT));
    }

    @Test
    void onlyCommandsWriteToTheConsole() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("dev.sluice.cli", ROOT)
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err"));
    }

    @Test
    void verticlesAreNotSynchronized() {
        check(methods()
                .that()
                .areDeclaredInClassesThat()
                .areAssignableTo(VerticleBase.class)
                .should()
                .notHaveModifier(JavaModifier.SYNCHRONIZED));
    }

    @Test
    void verticlesReturnFutures() {
        check(noClasses().should().beAssignableTo(AbstractVerticle.class).because("VerticleBase returns futures"));
    }

    @Test
    void classNamesHaveNoGenericSuffix() {
        check(noClasses()
                .should()
                .haveSimpleName("Util")
                .orShould()
                .haveNameMatching(".*[.$a-z](Util|Utils|Utility|Helper|Manager|Common|Impl)([A-Z$].*)?"));
    }

    @Test
    void packageNamesAreNotGeneric() {
        check(noClasses().should().resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..impl.."));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }

    private static ArchRule package_(String name, String... imports) {
        String[] all = Stream.concat(Stream.of(name), Stream.of(imports)).toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage("dev.sluice." + name + "..")
                .should()
                .onlyDependOnClassesThat(onlyPackages(all));
    }

    /**
     * Classes of a sub-package may use only the named sub-packages of their layer, and everything outside of it that
     * the layer may use.
     */
    private static ArchRule subPackage(String name, String... imports) {
        String layer = "dev.sluice." + name.substring(0, name.indexOf('.'));
        String[] all = Stream.concat(Stream.of(name), Stream.of(imports))
                .map(each -> "dev.sluice." + each)
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage("dev.sluice." + name)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(layer + "..").or(resideInAnyPackage(all)));
    }

    private static DescribedPredicate<JavaClass> onlyPackages(String... names) {
        String[] packages =
                Stream.of(names).map(name -> "dev.sluice." + name + "..").toArray(String[]::new);
        return resideOutsideOfPackage("dev.sluice..").or(resideInAnyPackage(packages));
    }

    private static ArchRule only(String library, String... packages) {
        return noClasses()
                .that(DescribedPredicate.not(resideInAnyPackage(packages)))
                .should()
                .dependOnClassesThat(resideInAPackage(library));
    }

    private static boolean readsTimeOrChance(JavaClass type) {
        return Set.of(
                        "java.time.Clock",
                        "java.util.Random",
                        "java.util.UUID",
                        "java.security.SecureRandom",
                        "java.util.concurrent.ThreadLocalRandom",
                        "java.util.SplittableRandom")
                .contains(type.getName());
    }
}
