package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigLoader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StartLinesTest {
    private static List<String> risks(String... flags) {
        return StartLines.risks(ConfigLoader.load(null, Map.of(), List.of(flags)));
    }

    @Test
    void theDefaultsAreNoRisk() {
        assertThat(risks()).isEmpty();
    }

    @Test
    void eachSettingThatIsARiskIsNamed() {
        assertThat(risks("http.host=0.0.0.0")).singleElement().asString().startsWith("http.host 0.0.0.0 can be");
        assertThat(risks("management.host=0.0.0.0")).singleElement().asString().startsWith("management.host 0.0.0.0");
        assertThat(risks("storage.engine=memory")).singleElement().asString().startsWith("storage.engine memory");
        assertThat(risks("storage.durability=async")).singleElement().asString().startsWith("storage.durability async");
        assertThat(risks("dev.mode=true")).singleElement().asString().startsWith("dev.mode");
    }
}
