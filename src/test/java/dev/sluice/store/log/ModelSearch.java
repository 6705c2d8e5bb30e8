package dev.sluice.store.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** Searches every state that a small model can reach, the nearest first, for one that breaks its invariant. */
final class ModelSearch {
    /** A search beyond this is too large for a unit test: the model needs smaller bounds. */
    private static final int STATES_MAX = 3_000_000;

    private ModelSearch() {}

    /** A system with few states, each step of which is one action of one participant. */
    interface Model<S> {
        S initial();

        /** Passes on every action that is possible in a state, with the state after it. */
        void actions(S state, BiConsumer<String, S> each);

        /** What is wrong with a state; empty if nothing is. */
        Optional<String> violation(S state);

        /** Text that is equal for states that behave alike. */
        String key(S state);
    }

    /**
     * The end of a search.
     *
     * @param states how many different states were reached
     * @param violation what is wrong with the nearest bad state, and the shortest way there; empty if there is none
     */
    record Result(int states, Optional<String> violation) {}

    private record Step<S>(S state, String action, Step<S> before) {}

    static <S> Result run(Model<S> model) {
        Set<String> seen = new HashSet<>();
        Deque<Step<S>> next = new ArrayDeque<>();
        seen.add(model.key(model.initial()));
        next.add(new Step<>(model.initial(), "start", null));
        while (!next.isEmpty()) {
            Step<S> step = next.remove();
            Optional<String> violation = model.violation(step.state());
            if (violation.isPresent()) {
                return new Result(seen.size(), Optional.of(violation.get() + ": " + actionsTo(step)));
            }
            model.actions(step.state(), (action, state) -> {
                if (seen.add(model.key(state))) {
                    next.add(new Step<>(state, action, step));
                }
            });
            if (seen.size() > STATES_MAX) {
                throw new IllegalStateException("more than " + STATES_MAX + " states");
            }
        }
        return new Result(seen.size(), Optional.empty());
    }

    private static <S> List<String> actionsTo(Step<S> last) {
        List<String> actions = new ArrayList<>();
        for (Step<S> step = last; step.before() != null; step = step.before()) {
            actions.add(step.action());
        }
        Collections.reverse(actions);
        return actions;
    }
}
