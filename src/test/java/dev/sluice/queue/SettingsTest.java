package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Ranges of settings, names and stored fields. */
class SettingsTest {
    private static void requireRange(
            String setting, int min, int max, ConsumerType type, IntFunction<ConsumerSettings> with) {
        for (int value : new int[] {min, max}) {
            assertThatCode(() -> with.apply(value).check(type, Limits.DOCUMENTED))
                    .as("%s %s", setting, value)
                    .doesNotThrowAnyException();
        }
        for (int value : new int[] {min - 1, max + 1}) {
            assertThatThrownBy(() -> with.apply(value).check(type, Limits.DOCUMENTED))
                    .as("%s %s", setting, value)
                    .isInstanceOfSatisfying(QueueException.class, refusal -> assertThat(refusal.error())
                            .isEqualTo(QueueError.CONSUMER_SETTINGS_INVALID))
                    .hasMessage("settings." + setting + " must be from " + min + " to " + max + ".");
        }
    }

    @Test
    void everySettingOfAConsumerHasItsRange() {
        for (ConsumerType type : ConsumerType.values()) {
            requireRange("batch_size", 1, 100, type, n -> new ConsumerSettings(n, 3, 0, 30_000, 5_000, 0));
            requireRange("max_retries", 0, 100, type, n -> new ConsumerSettings(5, n, 0, 30_000, 5_000, 0));
            requireRange("retry_delay", 0, 86_400, type, n -> new ConsumerSettings(5, 3, n, 30_000, 5_000, 0));
        }
        requireRange(
                "visibility_timeout_ms",
                1,
                43_200_000,
                ConsumerType.HTTP_PULL,
                n -> new ConsumerSettings(5, 3, 0, n, 5_000, 0));
        requireRange(
                "max_wait_time_ms", 0, 60_000, ConsumerType.WORKER, n -> new ConsumerSettings(5, 3, 0, 30_000, n, 0));
    }

    @Test
    void theConcurrencyOfAConsumerMayBeUnset() {
        for (int concurrency : new int[] {ConsumerSettings.CONCURRENCY_UNSET, 1, 250}) {
            assertThatCode(() -> new ConsumerSettings(5, 3, 0, 30_000, 0, concurrency)
                            .check(ConsumerType.WORKER, Limits.DOCUMENTED))
                    .doesNotThrowAnyException();
        }
        for (int concurrency : new int[] {-1, 251}) {
            assertThatThrownBy(() -> new ConsumerSettings(5, 3, 0, 30_000, 0, concurrency)
                            .check(ConsumerType.WORKER, Limits.DOCUMENTED))
                    .hasMessage("settings.max_concurrency must be from 1 to 250.");
        }
    }

    @Test
    void settingsThatAConsumerDoesNotHaveAreNotChecked() {
        new ConsumerSettings(5, 3, 0, 30_000, -1, -1).check(ConsumerType.HTTP_PULL, Limits.DOCUMENTED);
        new ConsumerSettings(5, 3, 0, -1, 5_000, 0).check(ConsumerType.WORKER, Limits.DOCUMENTED);
    }

    @Test
    void theDefaultsOfConsumersAreThoseOfTheSpecification() {
        assertThat(ConsumerSettings.defaultsOf(ConsumerType.HTTP_PULL))
                .isEqualTo(new ConsumerSettings(5, 3, 0, 30_000, 5_000, 0));
        assertThat(ConsumerSettings.defaultsOf(ConsumerType.WORKER))
                .isEqualTo(new ConsumerSettings(10, 3, 0, 30_000, 5_000, 0));
    }

    @Test
    void everySettingOfAQueueHasItsRange() {
        for (QueueSettings valid :
                List.of(new QueueSettings(0, false, 60), new QueueSettings(86_400, true, 1_209_600))) {
            assertThatCode(() -> valid.check(Limits.DOCUMENTED)).doesNotThrowAnyException();
        }
        for (int delay : new int[] {-1, 86_401}) {
            assertThatThrownBy(() -> new QueueSettings(delay, false, 60).check(Limits.DOCUMENTED))
                    .hasMessage("settings.delivery_delay must be from 0 to 86400 seconds.");
        }
        for (int retention : new int[] {59, 1_209_601}) {
            assertThatThrownBy(() -> new QueueSettings(0, false, retention).check(Limits.DOCUMENTED))
                    .hasMessage("settings.message_retention_period must be from 60 to 1209600 seconds.");
        }
    }

    @Test
    void aNameHasLettersDigitsAndInnerHyphensAndUnderscores() {
        for (String name : List.of("a", "z", "A", "Z", "0", "9", "a-b", "a_b", "a--b", "Z".repeat(63))) {
            assertThat(QueueName.isValid(name)).as(name).isTrue();
            assertThatCode(() -> QueueName.check(name)).doesNotThrowAnyException();
        }
        for (String name :
                List.of("-a", "a-", "_a", "a_", "-", "a b", "a.b", "é", "`", "{", "@", "[", "/", ":", "a".repeat(64))) {
            assertThat(QueueName.isValid(name)).as(name).isFalse();
            assertThatThrownBy(() -> QueueName.check(name))
                    .isInstanceOfSatisfying(QueueException.class, refusal -> assertThat(refusal.error())
                            .isEqualTo(QueueError.QUEUE_NAME_INVALID))
                    .hasMessageStartingWith("Queue name '" + name + "' is invalid");
        }
    }

    @Test
    void aMissingNameIsRefusedAsSuchAndALongOneIsShownShortened() {
        assertThat(QueueName.isValid("")).isFalse();
        for (String missing : new String[] {null, ""}) {
            assertThatThrownBy(() -> QueueName.check(missing)).hasMessageStartingWith("Queue name is missing");
        }
        assertThatThrownBy(() -> QueueName.check("b".repeat(80))).hasMessageContaining("'" + "b".repeat(80) + "'");
        assertThatThrownBy(() -> QueueName.check("b".repeat(81))).hasMessageContaining("'" + "b".repeat(80) + "…'");
    }

    @Test
    void strictNamesHaveLowerCaseLettersDigitsAndHyphensOnly() {
        for (String name : List.of("a", "z", "0", "9", "a-b")) {
            assertThatCode(() -> QueueName.check(name, true)).doesNotThrowAnyException();
        }
        for (String name : List.of("A", "a_b", "aZb")) {
            assertThatThrownBy(() -> QueueName.check(name, true)).hasMessageContaining("lower-case");
            assertThatCode(() -> QueueName.check(name, false)).doesNotThrowAnyException();
        }
        assertThatThrownBy(() -> QueueName.check("-", false)).isInstanceOf(QueueException.class);
    }

    @Test
    void theFieldsOfASubscriptionAreBounded() {
        List<String> most = Stream.generate(() -> "e".repeat(Subscription.EVENT_LENGTH_MAX))
                .limit(Subscription.EVENTS_MAX)
                .toList();
        Subscription.check("n".repeat(256), "é".repeat(512), most);
        Subscription.check(null, null, null);
        assertThatThrownBy(() -> Subscription.check("n".repeat(257), null, null))
                .hasMessage("name must have at most 256 characters.");
        assertThatThrownBy(() -> Subscription.check(null, "é".repeat(512) + "x", null))
                .hasMessage("source must take at most 1024 bytes as JSON without spaces.");
        assertThatThrownBy(() -> Subscription.check(
                        null, null, Stream.generate(() -> "e").limit(33).toList()))
                .hasMessage("events must hold at most 32 names.");
        assertThatThrownBy(() -> Subscription.check(null, null, List.of("e", "e".repeat(65))))
                .hasMessage("Each of events must have at most 64 characters.");
    }

    @Test
    void theNameOfAScriptIsBounded() {
        Consumer.checkScriptName("s".repeat(255));
        assertThatThrownBy(() -> Consumer.checkScriptName("s".repeat(256)))
                .hasMessage("script_name must have at most 255 characters.");
    }

    @Test
    void namesAndTagsLeadBackToTheirValues() {
        for (ContentType type : ContentType.values()) {
            assertThat(ContentType.ofTag(type.tag())).isEqualTo(type);
            assertThat(ContentType.ofWireName(type.wireName().toUpperCase(Locale.ROOT)))
                    .isEqualTo(type);
            assertThat(type.isUnicode())
                    .isEqualTo(Set.of(ContentType.TEXT, ContentType.JSON).contains(type));
        }
        assertThat(ContentType.ofWireName("xml")).isNull();
        assertThatThrownBy(() -> ContentType.ofTag(5)).isInstanceOf(IllegalArgumentException.class);
        for (ConsumerType type : ConsumerType.values()) {
            assertThat(ConsumerType.ofWireName(type.wireName())).isEqualTo(type);
        }
        assertThat(ConsumerType.ofWireName("other")).isNull();
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            assertThat(DeadLetterReason.ofTag(reason.tag())).isEqualTo(reason);
        }
        assertThat(DeadLetterReason.RETRIED.wireName()).isEqualTo("retried");
        assertThatThrownBy(() -> DeadLetterReason.ofTag(3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theContentOfADeadLetterIsTheSameWithItsOrigin() {
        Content content = new Content(1, 2, ContentType.JSON, 3, new byte[] {4});
        DeadLetterOrigin origin = new DeadLetterOrigin(7, "q", DeadLetterReason.RETRIED, 5, 6);
        Content from = content.from(origin);
        assertThat(from).isEqualTo(new Content(1, 2, ContentType.JSON, 3, content.body(), origin, null));
    }
}
