package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Rules of the project that can be checked by a program. */
class HouseRulesTest {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final int CLASS_LINES_MAX = 500;
    private static final int TEST_LINES_MAX = 500;

    private static final int METHOD_LINES_MAX = 50;
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");
    private static final Pattern MACHINE_PATH = Pattern.compile("/(home|root|Users|work)/" + "[a-z]");
    /** Case conversion and formatting in the default locale, which differs between machines. */
    private static final Pattern DEFAULT_LOCALE = Pattern.compile("\\.to(Upper|Lower)Case\\(\\)"
            + "|(String\\.format|\\bprintf|ofPattern)\\((?!\\s*(Locale\\.|$))(?!.*Locale\\.)");

    /** A time limit other than {@link TestTimeout}, or a sleep. */
    private static final Pattern OWN_LIMIT = Pattern.compile(
            "\\bsleep\\(|\\.atMost\\(|\\bassertTimeout|^\\s*@Timeout\\b|"
                    + "\\b(get|orTimeout|waitFor|succeedsWithin|await|awaitTermination)\\(\\d+L?, |\\bsetSoTimeout\\(\\d");

    private static final Pattern PROPERTY_WITHOUT_SEED = Pattern.compile("^\\s*@Property\\b(?!\\(seed)");
    /** Retired names; standard terms have replaced them. */
    private static final Pattern RETIRED =
            Pattern.compile("\\b(ReadDesk|Farewell|KeepsShutdownAway|PasteBlock|ContextTurns|QueueShell|WakeCalendar"
                    + "|QueueSlots?|TransitMemory|DeadLetterPost|DeadLetterInbox|DeadLetterMover|CatalogFill"
                    + "|ConnectionWatch|CertificateWatch|KnownVersions|Lingering|NetworkExposure|ListenAddresses|LiveDatabase"
                    + "|LogWalk|LogMark|LogCheck|LogBlock|FlippedBit|SeqDeletions|BackgroundPace|VerdictJson"
                    + "|BoundedAnswer|MessageAnswers|TypesOnly|NearestName)\\b|reference [0-9]+\\.[0-9]");

    private static final Pattern NULL_MARKED = Pattern.compile("^@NullMarked");

    private static final int SENTENCE_WORDS_MAX = 30;
    private static final List<String> DOCUMENTS_WITH_SHORT_SENTENCES = List.of(
            "CONTRIBUTING.md",
            "SECURITY.md",
            "docs/api.md",
            "docs/architecture.md",
            "docs/compatibility.md",
            "docs/glossary.md",
            "docs/push-consumers.md",
            "docs/versions.md");

    private static final List<String> EXCLUDED =
            List.of("target", "node_modules", "data", ".git", ".idea", ".vscode", "LICENSE", "package-lock.json");

    @Test
    void javaFilesAreShort() throws IOException {
        assertThat(files(".java").flatMap(HouseRulesTest::tooLong)).isEmpty();
    }

    @Test
    void methodsAreShortTypesAreDocumentedNamesAreUniqueAndSwitchesAreComplete() throws IOException {
        List<String> findings = new ArrayList<>();
        List<Path> sources = files(".java")
                .filter(file -> file.startsWith(PROJECT.resolve("src/main")))
                .toList();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(sources));
            DocTrees trees = DocTrees.instance(task);
            Map<String, Path> names = new HashMap<>();
            for (CompilationUnitTree unit : task.parse()) {
                new Reader(unit, trees, findings, names).scan(unit, null);
            }
        }
        assertThat(findings).isEmpty();
    }

    @Test
    void retiredNamesDoNotComeBack() throws IOException {
        assertThat(files("")
                        .filter(file -> !file.endsWith("HouseRulesTest.java") && !file.endsWith("CHANGELOG.md"))
                        .filter(file -> !file.toString().contains("/history/"))
                        .flatMap(file -> matches(file, RETIRED)))
                .isEmpty();
    }

    @Test
    void everyCitedSectionOfTheSpecificationExists() throws IOException {
        Set<String> sections = Pattern.compile("(?m)^#{2,3} ([0-9]+(?:\\.[0-9]+)?)[. ]")
                .matcher(Files.readString(PROJECT.resolve("docs/api.md")))
                .results()
                .map(section -> section.group(1))
                .collect(Collectors.toSet());
        Pattern cited = Pattern.compile("docs/api\\.md ([0-9]+(?:\\.[0-9]+)?)");
        assertThat(files("").flatMap(file -> linesOf(file).stream()
                        .flatMap(line -> cited.matcher(line).results())))
                .isNotEmpty()
                .allSatisfy(citation -> assertThat(sections).contains(citation.group(1)));
    }

    @Test
    void testsWaitWithTheOneLimitAndDoNotSleep() throws IOException {
        assertThat(tests().flatMap(file -> matches(file, OWN_LIMIT))).isEmpty();
    }

    @Test
    void everyPropertyHasTheFixedSeed() throws IOException {
        assertThat(tests().flatMap(file -> matches(file, PROPERTY_WITHOUT_SEED)))
                .isEmpty();
    }

    @Test
    void nothingIsLeftUnfinished() throws IOException {
        assertThat(files("").flatMap(file -> matches(file, UNFINISHED))).isEmpty();
    }

    @Test
    void nothingContainsPathsOfADevelopersMachine() throws IOException {
        assertThat(files("").flatMap(file -> matches(file, MACHINE_PATH))).isEmpty();
    }

    @Test
    void nothingDependsOnTheDefaultLocale() throws IOException {
        assertThat(files(".java")
                        .filter(file -> file.startsWith(PROJECT.resolve("src/main")))
                        .flatMap(file -> matches(file, DEFAULT_LOCALE)))
                .isEmpty();
    }

    /** Null is declared in every package (docs/decisions/compiler-checks.md). */
    @Test
    void everyPackageIsNullMarked() throws IOException {
        List<Path> main = files(".java")
                .filter(file -> file.startsWith(PROJECT.resolve("src/main")))
                .toList();
        assertThat(main.stream().map(Path::getParent).distinct()).isNotEmpty().allSatisfy(folder -> assertThat(
                        matches(folder.resolve("package-info.java"), NULL_MARKED))
                .as(folder.toString())
                .isNotEmpty());
    }

    @Test
    void sentencesOfTheDocumentsAreShort() throws IOException {
        List<String> findings = new ArrayList<>();
        for (String name : DOCUMENTS_WITH_SHORT_SENTENCES) {
            sentences(Files.readString(PROJECT.resolve(name)))
                    .filter(sentence -> wordCount(sentence) > SENTENCE_WORDS_MAX)
                    .forEach(sentence -> findings.add(name + ": " + sentence));
        }
        assertThat(findings).isEmpty();
    }

    @Test
    void theLicenseIsThere() {
        assertThat(PROJECT.resolve("LICENSE")).content().contains("Apache License", "Version 2.0, January 2004");
    }

    @Test
    void everyDecisionIsInTheIndexAndEveryLinkOfTheIndexLeadsToOne() throws IOException {
        Path decisions = PROJECT.resolve("docs/decisions");
        String index = Files.readString(decisions.resolve("README.md"));
        try (Stream<Path> pages = Files.list(decisions)) {
            assertThat(pages.map(page -> page.getFileName().toString()).filter(name -> !name.equals("README.md")))
                    .allSatisfy(name -> assertThat(index).contains("](" + name + ")"));
        }
        Pattern.compile("]\\(([^)#]+)\\)").matcher(index).results().forEach(link -> assertThat(
                        decisions.resolve(link.group(1)))
                .exists());
    }

    /** Sentences of a Markdown text. Code is left out; an item of a list and a cell of a table begin a sentence. */
    private static Stream<String> sentences(String markdown) {
        String text = markdown.replaceAll("(?s)```.*?```", "\n\n")
                .replaceAll("\\]\\([^)]*\\)", "]")
                .replaceAll("(?m)^#.*$", "\n")
                .replaceAll("(?m)^\\|.*$", "\n$0\n")
                .replaceAll("(?m)^ *([*-]|[0-9]+\\.) ", "\n\n");
        return Pattern.compile("\n\\s*\n")
                .splitAsStream(text)
                .map(paragraph -> paragraph.replaceAll("\\s+", " ").strip())
                .flatMap(Pattern.compile("(?<=[.!?])[\"*)`]* +|\\|")::splitAsStream);
    }

    private static long wordCount(String sentence) {
        return Stream.of(sentence.split(" "))
                .filter(word -> word.chars().anyMatch(Character::isLetterOrDigit))
                .count();
    }

    private static Stream<Path> tests() throws IOException {
        return files(".java").filter(file -> file.startsWith(PROJECT.resolve("src/test")));
    }

    private static Stream<String> tooLong(Path file) {
        String name = PROJECT.relativize(file).toString();
        int lines = linesOf(file).size();
        int linesMax = name.startsWith("src/test/") ? TEST_LINES_MAX : CLASS_LINES_MAX;
        return lines > linesMax ? Stream.of(name + " has " + lines + " lines") : Stream.empty();
    }

    private static Stream<String> matches(Path file, Pattern pattern) {
        return linesOf(file).stream()
                .filter(line -> pattern.matcher(line).find())
                .map(line -> PROJECT.relativize(file) + ": " + line.strip());
    }

    private static List<String> linesOf(Path file) {
        try {
            return Files.readString(file).lines().toList();
        } catch (IOException notText) {
            return List.of();
        }
    }

    private static Stream<Path> files(String ending) throws IOException {
        List<Path> found = new ArrayList<>();
        collect(PROJECT, ending, found);
        return found.stream();
    }

    private static void collect(Path directory, String ending, List<Path> found) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.sorted().toList()) {
                String name = entry.getFileName().toString();
                if (EXCLUDED.contains(name)) {
                    continue;
                }
                if (Files.isDirectory(entry)) {
                    collect(entry, ending, found);
                } else if (name.endsWith(ending)) {
                    found.add(entry);
                }
            }
        }
    }

    /** Collects the findings in one file. */
    private static final class Reader extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final DocTrees trees;
        private final List<String> findings;
        /** Simple names of all classes so far, with their files. */
        private final Map<String, Path> names;

        Reader(CompilationUnitTree unit, DocTrees trees, List<String> findings, Map<String, Path> names) {
            this.unit = unit;
            this.trees = trees;
            this.findings = findings;
            this.names = names;
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            if (getCurrentPath().getParentPath().getLeaf() == unit && trees.getDocComment(getCurrentPath()) == null) {
                findings.add(type.getSimpleName() + " has no Javadoc");
            }
            Path file = Path.of(unit.getSourceFile().toUri());
            String name = type.getSimpleName().toString();
            Path other = name.isEmpty() ? null : names.putIfAbsent(name, file);
            if (other != null) {
                findings.add(name + " is the name of a class in " + PROJECT.relativize(other) + " and "
                        + PROJECT.relativize(file));
            }
            return super.visitClass(type, null);
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            SourcePositions positions = trees.getSourcePositions();
            long lines = lineOf(positions.getEndPosition(unit, method))
                    - lineOf(positions.getStartPosition(unit, method))
                    + 1;
            if (lines > METHOD_LINES_MAX) {
                findings.add(nameOf(method) + " has " + lines + " lines");
            }
            return super.visitMethod(method, null);
        }

        /** The compiler checks the completeness of switch expressions, but not of switch statements. */
        @Override
        public Void visitSwitch(SwitchTree statement, Void nothing) {
            if (statement.getCases().stream()
                    .noneMatch(branch -> branch.getExpressions().isEmpty())) {
                long line = lineOf(trees.getSourcePositions().getStartPosition(unit, statement));
                findings.add(unit.getSourceFile().getName() + " line " + line + ": a switch statement without default");
            }
            return super.visitSwitch(statement, null);
        }

        private String nameOf(MethodTree method) {
            return PROJECT.relativize(Path.of(unit.getSourceFile().toUri())) + " " + method.getName();
        }

        private long lineOf(long position) {
            return unit.getLineMap().getLineNumber(position);
        }
    }
}
