package dev.sluice.store.log;

import dev.sluice.store.log.ModelSearch.Model;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One queue in a catalog that two nodes follow at their own speed: it is created, gets pushes and lookups through both
 * nodes, and is deleted, while the ownership of its shard moves.
 *
 * <p>A queue that a client was told of is found everywhere; a push that was confirmed is not in a queue whose deletion was
 * confirmed before.
 */
final class CatalogModel implements Model<CatalogModel.State> {
    private static final int NODES = 2;

    /** A rule that is left out. */
    enum Mutation {
        NONE,
        MISS_JOINS_A_RUNNING_CATCH_UP,
        MISS_IS_ANSWERED_WITHOUT_CATCH_UP,
        NEW_OWNER_DOES_NOT_CATCH_UP,
        DELETION_IS_ANSWERED_BEFORE_THE_OWNER_RETIRED_THE_QUEUE,
        FORWARDED_REQUESTS_CARRY_NO_OFFSET
    }

    /** The catalog: 0 records, then the creation, then the removal. */
    private static final int CREATED = 1;

    private static final int REMOVED = 2;

    /** Catalog, views and requests. */
    static final class State {
        private int catalog;
        private final int[] view = new int[NODES];
        private boolean creationConfirmed;
        private boolean deletionConfirmed;
        /** Where a catch-up of each node ends; -1 while none runs. */
        private final int[] catchUpTo = {-1, -1};
        /** For each node: 0 no lookup, 1 waits for a catch-up that has not begun, 2 for the one that runs. */
        private final int[] lookup = new int[NODES];

        private final boolean[] lookupAfterCreation = new boolean[NODES];
        private int owner;
        /** Whether the owner caught up since its claim. */
        private boolean ready = true;
        /** A push under way: -1 none, otherwise the offset of the catalog that its edge knew. */
        private int push = -1;

        private boolean pushAfterDeletion;
        private int moves;
        private int lookups;
        private String violation = "";

        private State after(Consumer<State> change) {
            State copy = new State();
            copy.catalog = catalog;
            copy.creationConfirmed = creationConfirmed;
            copy.deletionConfirmed = deletionConfirmed;
            for (int n = 0; n < NODES; n++) {
                copy.view[n] = view[n];
                copy.catchUpTo[n] = catchUpTo[n];
                copy.lookup[n] = lookup[n];
                copy.lookupAfterCreation[n] = lookupAfterCreation[n];
            }
            copy.owner = owner;
            copy.ready = ready;
            copy.push = push;
            copy.pushAfterDeletion = pushAfterDeletion;
            copy.moves = moves;
            copy.lookups = lookups;
            copy.violation = violation;
            change.accept(copy);
            return copy;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (int n = 0; n < NODES; n++) {
                text.append(view[n])
                        .append(catchUpTo[n])
                        .append(lookup[n])
                        .append(lookupAfterCreation[n])
                        .append('|');
            }
            return text.append(catalog)
                    .append(creationConfirmed)
                    .append(deletionConfirmed)
                    .append(owner)
                    .append(ready)
                    .append(push)
                    .append(pushAfterDeletion)
                    .append(moves)
                    .append(lookups)
                    .append(violation)
                    .toString();
        }
    }

    private final Mutation mutation;

    CatalogModel(Mutation mutation) {
        this.mutation = mutation;
    }

    @Override
    public State initial() {
        return new State();
    }

    @Override
    public Optional<String> violation(State state) {
        return state.violation.isEmpty() ? Optional.empty() : Optional.of(state.violation);
    }

    @Override
    public void actions(State state, BiConsumer<String, State> each) {
        if (state.catalog == 0) {
            each.accept("the creation is stored", state.after(next -> next.catalog = CREATED));
        }
        if (state.catalog == CREATED && !state.creationConfirmed) {
            each.accept("the creation is confirmed", state.after(next -> next.creationConfirmed = true));
        }
        if (state.catalog == CREATED && state.creationConfirmed) {
            each.accept("the removal is stored", state.after(next -> next.catalog = REMOVED));
        }
        boolean retired = state.ready && state.view[state.owner] == REMOVED
                || mutation == Mutation.DELETION_IS_ANSWERED_BEFORE_THE_OWNER_RETIRED_THE_QUEUE;
        if (state.catalog == REMOVED && !state.deletionConfirmed && retired) {
            each.accept("the deletion is confirmed", state.after(next -> next.deletionConfirmed = true));
        }
        for (int n = 0; n < NODES; n++) {
            node(state, n, each);
        }
        push(state, each);
        if (state.moves < 2) {
            each.accept("the shard moves", state.after(CatalogModel::move));
        }
    }

    private void node(State state, int n, BiConsumer<String, State> each) {
        if (state.view[n] < state.catalog) {
            each.accept(n + " reads the catalog", state.after(next -> next.view[n]++));
        }
        if (state.catchUpTo[n] < 0) {
            each.accept(n + " begins a catch-up", state.after(next -> beginCatchUp(next, n)));
        } else if (state.view[n] >= state.catchUpTo[n]) {
            each.accept(n + " ends a catch-up", state.after(next -> endCatchUp(next, n)));
        }
        if (state.lookup[n] == 0 && state.lookups < 2) {
            each.accept("lookup at " + n, state.after(next -> lookup(next, n)));
        }
        if (state.owner == n && !state.ready) {
            boolean caughtUp = state.view[n] >= state.catalog || mutation == Mutation.NEW_OWNER_DOES_NOT_CATCH_UP;
            if (caughtUp) {
                each.accept(n + " serves the shard", state.after(next -> next.ready = true));
            }
        }
    }

    private void beginCatchUp(State state, int n) {
        state.catchUpTo[n] = state.catalog;
        state.lookup[n] = state.lookup[n] == 1 ? 2 : state.lookup[n];
    }

    private void endCatchUp(State state, int n) {
        state.catchUpTo[n] = -1;
        if (state.lookup[n] == 2) {
            reply(state, n);
        }
    }

    /** A client asks for the queue; a node that does not know it catches up first. */
    private void lookup(State state, int n) {
        state.lookups++;
        state.lookupAfterCreation[n] = state.creationConfirmed;
        boolean known = state.view[n] > 0;
        boolean running = state.catchUpTo[n] >= 0;
        if (known || mutation == Mutation.MISS_IS_ANSWERED_WITHOUT_CATCH_UP) {
            reply(state, n);
        } else {
            state.lookup[n] = running && mutation == Mutation.MISS_JOINS_A_RUNNING_CATCH_UP ? 2 : 1;
        }
    }

    private static void reply(State state, int n) {
        boolean found = state.view[n] == CREATED || state.view[n] == REMOVED;
        if (!found && state.lookupAfterCreation[n]) {
            state.violation = "a queue that was created is not found at node " + n;
        }
        state.lookup[n] = 0;
    }

    private void push(State state, BiConsumer<String, State> each) {
        for (int edge = 0; edge < NODES && state.push < 0; edge++) {
            int known = state.view[edge];
            if (known == CREATED) {
                each.accept("push through " + edge, state.after(next -> {
                    next.push = known;
                    next.pushAfterDeletion = next.deletionConfirmed;
                }));
            } else if (known == REMOVED) {
                each.accept("refused push through " + edge, state);
            }
        }
        if (state.push >= 0 && state.ready) {
            decide(state, each);
        }
    }

    private void decide(State state, BiConsumer<String, State> each) {
        int view = state.view[state.owner];
        if (view < state.push && mutation != Mutation.FORWARDED_REQUESTS_CARRY_NO_OFFSET) {
            return;
        }
        each.accept("the owner decides the push", state.after(next -> {
            next.push = -1;
            if (view == CREATED && state.pushAfterDeletion) {
                next.violation = "a push was stored that began after the deletion was confirmed";
            } else if (view == 0) {
                next.violation = "a push to a queue that was created is refused";
            }
        }));
    }

    private static void move(State state) {
        state.moves++;
        state.owner = 1 - state.owner;
        state.ready = false;
    }

    @Override
    public String key(State state) {
        return state.toString();
    }
}
