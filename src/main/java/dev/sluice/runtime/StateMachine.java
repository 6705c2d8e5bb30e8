package dev.sluice.runtime;

/** A state that changes only from states that the change names; any other change is a fault. For one thread. */
public final class StateMachine<S extends Enum<S>> {
    private final String owner;
    private S state;

    /** @param owner whose state it is, for messages */
    public StateMachine(String owner, S initial) {
        this.owner = owner;
        this.state = initial;
    }

    /** Whether that is the current state. */
    public boolean is(S other) {
        return state == other;
    }

    /**
     * Changes the state.
     *
     * @param allowedFrom the states in which this change may happen
     * @throws IllegalStateException in any other state; nothing is changed
     */
    @SafeVarargs
    public final void transition(S to, S... allowedFrom) {
        for (S from : allowedFrom) {
            if (state == from) {
                state = to;
                return;
            }
        }
        throw new IllegalStateException(owner + " cannot become " + to + " when it is " + state);
    }
}
