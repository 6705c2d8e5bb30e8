package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/** Fields that picocli sets are not checked by the compiler: a value that may be absent must say so. */
class OptionsTest {
    @Test
    void anOptionThatMayBeAbsentIsNullableAndNoOtherOne() {
        assertThat(commands()
                        .flatMap(command -> command.getCommandSpec().args().stream())
                        .filter(argument -> argument.userObject() instanceof Field field
                                && field.getDeclaringClass().getPackageName().equals("dev.sluice.cli")))
                .hasSizeGreaterThan(50)
                .allSatisfy(argument -> {
                    Field field = (Field) argument.userObject();
                    assertThat(field.getAnnotatedType().isAnnotationPresent(Nullable.class))
                            .as(field.toString())
                            .isEqualTo(mayBeAbsent(argument));
                });
    }

    /** The variable of a default value may not be set. */
    private static boolean mayBeAbsent(ArgSpec argument) {
        String defaultValue = argument.defaultValue();
        boolean hasDefault =
                defaultValue != null && (!defaultValue.startsWith("${env:") || defaultValue.contains(":-"));
        return !argument.required() && !hasDefault && argument.initialValue() == null;
    }

    private static Stream<CommandLine> commands() {
        return Main.commandLine().getSubcommands().values().stream();
    }
}
