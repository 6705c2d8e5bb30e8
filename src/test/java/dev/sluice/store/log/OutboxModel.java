package dev.sluice.store.log;

import dev.sluice.store.log.ModelSearch.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The move of dead letters from an origin queue to a target queue that another node may own. Both have a log of their
 * own, so a move has steps that can each be repeated: the origin records what it moves, the target takes it and records
 * the number of the move, then the origin deletes it. Requests and replies are late and repeated; the owner of the origin
 * changes and begins again with what is recorded; both queues are purged; the target is deleted and made anew.
 *
 * <p>A dead letter may disappear only by a purge or with its target, and must not come to the target twice.
 */
final class OutboxModel implements Model<OutboxModel.State> {
    /** A rule that is left out. */
    enum Mutation {
        NONE,
        SENT_BEFORE_MOVING_IS_RECORDED,
        PURGE_OF_THE_ORIGIN_FORGETS_MOVING,
        PURGE_OF_THE_TARGET_FORGETS_RECEIVED,
        RECEIVED_IS_NOT_RECORDED,
        NUMBER_IS_USED_AGAIN_AFTER_GIVING_UP,
        LAGGING_VIEW_SAYS_GONE
    }

    /** How far the search goes. */
    record Bounds(int messages, int purges, int deletions) {}

    /** A request; it stays in the network and can arrive any number of times. */
    record Request(int number, int target, int message) {}

    /** A reply; it stays in the network, too. */
    record Reply(int number, boolean gone) {}

    /** Both queues and the network. */
    static final class State {
        private int arrived;
        private final List<Integer> waiting = new ArrayList<>();
        private int moving = -1;
        private int movingTo;
        private int number;
        private int target;
        private int received;
        private final List<Integer> inTarget = new ArrayList<>();
        private final Set<Integer> deleted = new TreeSet<>();
        private final Set<Integer> purgedInTarget = new TreeSet<>();
        private final List<Request> requests = new ArrayList<>();
        private final List<Reply> replies = new ArrayList<>();
        private int purges;

        private State after(Consumer<State> change) {
            State copy = new State();
            copy.arrived = arrived;
            copy.waiting.addAll(waiting);
            copy.moving = moving;
            copy.movingTo = movingTo;
            copy.number = number;
            copy.target = target;
            copy.received = received;
            copy.inTarget.addAll(inTarget);
            copy.deleted.addAll(deleted);
            copy.purgedInTarget.addAll(purgedInTarget);
            copy.requests.addAll(requests);
            copy.replies.addAll(replies);
            copy.purges = purges;
            change.accept(copy);
            return copy;
        }

        @Override
        public String toString() {
            return arrived + "" + waiting + moving + movingTo + number + '/' + target + received + inTarget + deleted
                    + purgedInTarget + requests + replies + purges;
        }
    }

    private final Mutation mutation;
    private final Bounds bounds;

    OutboxModel(Mutation mutation, Bounds bounds) {
        this.mutation = mutation;
        this.bounds = bounds;
    }

    @Override
    public State initial() {
        return new State();
    }

    @Override
    public Optional<String> violation(State state) {
        return IntStream.range(0, state.arrived)
                .mapToObj(message -> violation(state, message))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> violation(State state, int message) {
        long copies = state.inTarget.stream().filter(each -> each == message).count();
        boolean inOrigin = state.waiting.contains(message) || state.moving == message;
        if (copies > 1) {
            return Optional.of("message " + message + " is in the target twice");
        }
        if (copies == 1 && state.purgedInTarget.contains(message)) {
            return Optional.of("message " + message + " is back in the target after a purge");
        }
        return copies == 1 || inOrigin || state.deleted.contains(message)
                ? Optional.empty()
                : Optional.of("message " + message + " is lost");
    }

    @Override
    public void actions(State state, BiConsumer<String, State> each) {
        if (state.arrived < bounds.messages()) {
            each.accept("a message fails for the last time", state.after(next -> next.waiting.add(next.arrived++)));
        }
        if (state.moving < 0 && !state.waiting.isEmpty()) {
            each.accept("origin records a move", state.after(OutboxModel::begin));
            if (mutation == Mutation.SENT_BEFORE_MOVING_IS_RECORDED) {
                each.accept("origin sends a move and loses its shard", state.after(OutboxModel::sendUnrecorded));
            }
        }
        if (state.moving >= 0) {
            each.accept("origin sends its move", state.after(OutboxModel::send));
        }
        for (Request request : state.requests) {
            each.accept("target gets " + request, state.after(next -> take(next, request)));
            if (mutation == Mutation.LAGGING_VIEW_SAYS_GONE) {
                each.accept("gone: " + request, state.after(next -> reply(next, request.number(), true)));
            }
        }
        for (Reply reply : state.replies) {
            if (state.moving >= 0 && reply.number() == state.number) {
                each.accept("origin gets " + reply, state.after(next -> end(next, reply)));
            }
        }
        if (state.purges < bounds.purges()) {
            each.accept("purge of the origin", state.after(this::purgeOrigin));
            each.accept("purge of the target", state.after(this::purgeTarget));
        }
        if (state.target < bounds.deletions()) {
            each.accept("the target is deleted and made anew", state.after(OutboxModel::renewTarget));
        }
    }

    private static void begin(State state) {
        state.moving = state.waiting.remove(0);
        state.movingTo = state.target;
        state.number++;
    }

    private static void send(State state) {
        add(state.requests, new Request(state.number, state.movingTo, state.moving));
    }

    private static void sendUnrecorded(State state) {
        add(state.requests, new Request(state.number + 1, state.target, state.waiting.get(0)));
        state.waiting.add(state.waiting.remove(0));
    }

    private void take(State state, Request request) {
        boolean gone = request.target() != state.target;
        if (!gone && state.received < request.number()) {
            state.inTarget.add(request.message());
            state.received = mutation == Mutation.RECEIVED_IS_NOT_RECORDED ? state.received : request.number();
        }
        reply(state, request.number(), gone);
    }

    private static void reply(State state, int number, boolean gone) {
        add(state.replies, new Reply(number, gone));
    }

    /** The move was taken, or is given up and begun again for the queue that has the name now. */
    private void end(State state, Reply reply) {
        if (reply.gone()) {
            state.waiting.add(state.moving);
            state.number -= mutation == Mutation.NUMBER_IS_USED_AGAIN_AFTER_GIVING_UP ? 1 : 0;
        }
        state.moving = -1;
    }

    private void purgeOrigin(State state) {
        state.purges++;
        state.deleted.addAll(state.waiting);
        state.waiting.clear();
        if (mutation == Mutation.PURGE_OF_THE_ORIGIN_FORGETS_MOVING && state.moving >= 0) {
            state.deleted.add(state.moving);
            state.moving = -1;
            state.number--;
        }
    }

    private void purgeTarget(State state) {
        state.purges++;
        state.deleted.addAll(state.inTarget);
        state.purgedInTarget.addAll(state.inTarget);
        state.inTarget.clear();
        state.received = mutation == Mutation.PURGE_OF_THE_TARGET_FORGETS_RECEIVED ? 0 : state.received;
    }

    /** A message that went with the old target, but whose move was not ended, may come to the new one. */
    private static void renewTarget(State state) {
        state.target++;
        state.deleted.addAll(state.inTarget);
        state.inTarget.clear();
        state.purgedInTarget.clear();
        state.received = 0;
    }

    private static <T> void add(List<T> list, T more) {
        if (!list.contains(more)) {
            list.add(more);
        }
    }

    @Override
    public String key(State state) {
        return state.toString();
    }
}
