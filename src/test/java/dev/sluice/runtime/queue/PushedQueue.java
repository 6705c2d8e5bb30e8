package dev.sluice.runtime.queue;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.Push;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.QueueState;
import dev.sluice.runtime.MemoryBudgets;
import dev.sluice.runtime.RuntimeOptions;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.delivery.WorkerDispatcher;
import dev.sluice.runtime.delivery.WorkerTarget;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.store.memory.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A queue with its dispatcher, connected as in the verticle, on a manual clock and a store in memory. */
public final class PushedQueue {
    public static final ConsumerSettings SETTINGS = new ConsumerSettings(10, 3, 0, 30_000, 5_000, 2);

    public final ManualScheduler scheduler = new ManualScheduler();
    public final Map<String, WorkerTarget> targets = new HashMap<>();
    public final MemoryStore store = new MemoryStore();
    public final MemoryBudgets budgets = MemoryBudgets.unbounded();
    public QueueDefinition definition;
    public QueueCommandExecutor executor;
    public WorkerDispatcher dispatcher;
    private DeadlineTimer timer;
    private int pushed;

    public PushedQueue(WorkerTarget target, ConsumerSettings settings) {
        targets.put("w", target);
        definition = definition(QueueSettings.DEFAULT, worker("w", settings));
        open(QueueImage.NEW);
    }

    private void open(QueueImage image) {
        RuntimeResources resources = new RuntimeResources(
                store, Limits.DOCUMENTED, budgets, RuntimeOptions.DEFAULT, targets::get, scheduler.clock, new Meters());
        QueueState state = new QueueState(
                definition.settings(),
                definition.consumer(),
                Limits.DOCUMENTED,
                image,
                budgets.windows(),
                QueueState.WINDOW_MESSAGES_MAX,
                scheduler.clock);
        executor = new QueueCommandExecutor(
                1,
                0,
                state,
                resources,
                scheduler,
                new MessageLog(() -> "queue", scheduler),
                failure -> close(),
                this::afterChange);
        timer = new DeadlineTimer(scheduler, () -> executor.expire());
        dispatcher = new WorkerDispatcher(definition, executor, scheduler, resources, this::afterChange);
        afterChange();
        scheduler.run();
    }

    private void afterChange() {
        timer.arm(executor.expiryMillis());
        if (dispatcher != null) {
            dispatcher.dispatchDue();
        }
    }

    private void close() {
        timer.close();
        dispatcher.close();
        executor.close();
    }

    /** Discards the memory and loads the queue again. */
    public void reload() {
        close();
        open(store.load(1).toCompletableFuture().join());
    }

    /** Pushes messages m1, m2 and so on. */
    public void push(int messages) {
        push(messages, 0, 2);
    }

    public void push(int messages, int delaySeconds, int bodyBytes) {
        List<NewMessage> batch = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            byte[] name = ("m" + ++pushed).getBytes(StandardCharsets.UTF_8);
            byte[] body = bodyBytes <= name.length ? name : Arrays.copyOf(name, bodyBytes);
            batch.add(new NewMessage(pushed, 0, ContentType.TEXT, body, delaySeconds));
        }
        executor.execute(new Push(batch), ReplyHandler.ignoring());
        scheduler.run();
    }

    public void configure(QueueSettings settings, Consumer consumer) {
        definition = definition(settings, consumer);
        executor.state().configure(settings, consumer);
        dispatcher.configure(definition);
        afterChange();
        scheduler.run();
    }

    public void pause(boolean paused) {
        configure(new QueueSettings(0, paused, 345_600), definition.consumer());
    }

    public long backlog() {
        return executor.state().metrics().backlogCount();
    }

    public static Consumer worker(String scriptName, ConsumerSettings settings) {
        return new Consumer("c".repeat(32), ConsumerType.WORKER, scriptName, "", settings, 0);
    }

    private static QueueDefinition definition(QueueSettings settings, Consumer consumer) {
        return new QueueDefinition(1, "a".repeat(32), "b".repeat(32), "jobs", "", settings, consumer, 0, 0);
    }
}
