package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SluiceExtensionTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension
    static final SluiceExtension SLUICE = SluiceExtension.withQueues("orders")
            .withQueue(SluiceQueueOptions.named("mails")
                    .maxRetries(1)
                    .visibilityTimeout(HOUR)
                    .deadLetterQueue("failed"))
            .withQueue(SluiceQueueOptions.named("news").retention(HOUR).deliveryDelay(Duration.ofMinutes(5)))
            .withSetting("limits.message_bytes_max", "1000");

    private static List<String> bodies(List<SluiceMessage> messages) {
        return messages.stream().map(SluiceMessage::body).toList();
    }

    @RepeatedTest(2)
    void everyTestBeginsWithEmptyQueues() {
        SluiceQueue orders = SLUICE.queue("orders");
        assertThat(orders.backlog()).isZero();
        orders.push("text");
        orders.pushJson("{\"id\": 1}");

        assertThat(SLUICE.drain("orders"))
                .extracting(SluiceMessage::contentType, SluiceMessage::body)
                .containsExactly(tuple("text", "text"), tuple("json", "{\"id\":1}"));
        orders.push("left behind");
    }

    @Test
    void aDelayedMessageIsReadyOnceTheClockIsMovedPastItsDelay() {
        SluiceQueue orders = SLUICE.queue("orders");
        orders.push("later", HOUR);
        assertThat(orders.drain()).isEmpty();
        SLUICE.advance(HOUR.minusMinutes(1));
        assertThat(orders.drain()).isEmpty();

        Instant before = SLUICE.server().now();
        SLUICE.advance(Duration.ofMinutes(1));

        assertThat(Duration.between(before, SLUICE.server().now())).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        assertThat(bodies(orders.drain())).containsExactly("later");
    }

    @Test
    void aLeaseEndsWhenTheClockIsMovedPastItAndTheLastOneSendsTheMessageToTheDeadLetterQueue() {
        SluiceQueue mails = SLUICE.queue("mails");
        mails.push("hello");
        assertThat(mails.pull(10)).extracting(SluiceMessage::attempts).containsExactly(1);
        assertThat(mails.pull(10)).isEmpty();

        SLUICE.advance(HOUR);
        assertThat(mails.pull(10)).extracting(SluiceMessage::attempts).containsExactly(2);

        // No request to the queue follows: the move of the clock alone ends the lease.
        SLUICE.advance(HOUR);
        assertThat(bodies(SLUICE.queue("failed").drain(1))).containsExactly("hello");
        assertThat(mails.backlog()).isZero();
    }

    @Test
    void aMessageIsGoneOnceTheClockIsMovedPastItsRetention() {
        SluiceQueue news = SLUICE.queue("news");
        news.push("old");
        SLUICE.advance(HOUR);

        assertThat(news.backlog()).isZero();
        assertThat(news.drain()).isEmpty();
    }

    @Test
    void aRetryBringsAMessageBackAfterItsDelay() {
        SluiceQueue orders = SLUICE.queue("orders");
        orders.push("again");
        orders.retry(orders.pull(1), Duration.ofMinutes(10));
        assertThat(orders.drain()).isEmpty();

        SLUICE.advance(Duration.ofMinutes(10));

        assertThat(orders.drain()).extracting(SluiceMessage::attempts).containsExactly(2);
    }

    @Test
    void settingsApplyAndErrorsOfTheServerAreShown() {
        SluiceQueue orders = SLUICE.queue("orders");
        assertThatThrownBy(() -> orders.push("x".repeat(1001)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("HTTP status 413");
        assertThatThrownBy(() -> SLUICE.queue("absent"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no queue absent; declared are [orders, mails, failed, news]");
        assertThatThrownBy(() -> SLUICE.advance(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void clientsFindTheServerByItsEnvironment() {
        assertThat(SLUICE.server().environment())
                .containsEntry("CLOUDFLARE_BASE_URL", SLUICE.baseUrl().toString())
                .containsEntry("CLOUDFLARE_API_TOKEN", SLUICE.token())
                .containsEntry("CLOUDFLARE_ACCOUNT_ID", SLUICE.accountId());
    }
}
