package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StateMachineTest {
    private enum Light {
        RED,
        GREEN,
        YELLOW
    }

    private final StateMachine<Light> light = new StateMachine<>("the light", Light.RED);

    @Test
    void aStateChangesFromTheStatesThatTheChangeNames() {
        light.transition(Light.GREEN, Light.YELLOW, Light.RED);
        assertThat(light.is(Light.GREEN)).isTrue();
        assertThat(light.is(Light.RED)).isFalse();
    }

    @Test
    void anyOtherChangeFailsAndChangesNothing() {
        assertThatThrownBy(() -> light.transition(Light.YELLOW, Light.GREEN))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the light cannot become YELLOW when it is RED");
        assertThat(light.is(Light.RED)).isTrue();
    }
}
