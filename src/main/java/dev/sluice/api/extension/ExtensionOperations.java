package dev.sluice.api.extension;

import dev.sluice.api.OperationBinding;
import dev.sluice.api.OperationPlace;
import dev.sluice.api.auth.ConsoleSessions;
import dev.sluice.api.message.LeaseTokens;
import dev.sluice.runtime.QueueRuntime;
import dev.sluice.runtime.clock.ContinuousClock;
import java.util.List;

/** Creates the operations that Cloudflare does not have. */
public final class ExtensionOperations {
    private ExtensionOperations() {}

    /**
     * The operations for one event loop.
     *
     * @param clock converts the times of messages for display
     * @param sessions of the console
     * @param tokens lists, creates and revokes tokens
     */
    public static List<OperationBinding> forEventLoop(
            QueueRuntime runtime, ContinuousClock clock, ConsoleSessions sessions, TokenAdministration tokens) {
        LeaseTokens leases = new LeaseTokens(runtime.installationKey());
        BacklogView backlogs = new BacklogView(runtime.extensions().rates(), clock);
        RedriveView redrives = new RedriveView(runtime.catalog(), clock);
        return List.of(
                OperationBinding.reading("caller-get", new GetCaller()),
                OperationBinding.reading("console-codes-create", new CreateConsoleCode(sessions)),
                OperationBinding.reading("tokens-list", new ListTokens(tokens)).at(OperationPlace.CATALOG_COPY),
                OperationBinding.writing("tokens-create", new CreateToken(tokens))
                        .at(OperationPlace.CATALOG_OWNER),
                OperationBinding.writing("tokens-revoke", new RevokeToken(tokens))
                        .at(OperationPlace.CATALOG_OWNER),
                OperationBinding.reading(
                        "backlogs-list", new ListBacklogs(runtime.catalog(), runtime.backlogs(), backlogs)),
                OperationBinding.reading("backlogs-get", new GetBacklog(runtime.backlogs(), backlogs))
                        .at(OperationPlace.QUEUE_READER),
                OperationBinding.reading(
                                "messages-browse",
                                new BrowseMessages(
                                        runtime.extensions().browser(), new BrowsedPageWriter(leases, clock)))
                        .at(OperationPlace.QUEUE_READER),
                OperationBinding.writing(
                        "redrives-start",
                        new StartRedrive(runtime.catalog(), runtime.extensions().redrives(), leases, redrives)),
                OperationBinding.reading(
                        "redrives-list", new ListRedrives(runtime.extensions().redrives(), redrives)),
                OperationBinding.reading(
                        "redrives-get", new GetRedrive(runtime.extensions().redrives(), redrives)),
                OperationBinding.writing(
                        "redrives-cancel",
                        new CancelRedrive(runtime.extensions().redrives(), redrives)));
    }
}
