// The SDK of one version: each method of queues, each kind of failure. Written for 7.x; a build for 6.x replaces the version
// in the import paths, and newer.go.
package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/cloudflare/cloudflare-go/v7/accounts"
	"github.com/cloudflare/cloudflare-go/v7/memberships"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/queues"
	"github.com/cloudflare/cloudflare-go/v7/user"

	"sluice.test/clients/cases"
)

var (
	ctx     = context.Background()
	account = like(textParameter, cases.AccountID)
	// Without retries, which are cases of their own.
	options = []option.RequestOption{
		option.WithBaseURL(cases.BaseURL), option.WithAPIToken(cases.Token), option.WithMaxRetries(0),
	}
	sdk = queues.NewQueueService(options...)
	// The queue and the consumer of the cases.
	id, consumer string
)

func pull(batchSize float64) ([]queues.MessagePullResponseMessage, error) {
	params := queues.MessagePullParams{AccountID: account, BatchSize: like(numberParameter, batchSize), VisibilityTimeoutMs: like(numberParameter, 60000.0)}
	pulled, err := sdk.Messages.Pull(ctx, id, params)
	if err != nil {
		return nil, err
	}
	return pulled.Messages, nil
}

func pushText(service *queues.QueueService, body string) error {
	message := queues.MessagePushParamsBodyMqQueueMessageText{
		Body: like(textParameter, body), ContentType: like(queues.MessagePushParamsBodyMqQueueMessageText{}.ContentType, queues.MessagePushParamsBodyMqQueueMessageTextContentTypeText), DelaySeconds: like(numberParameter, 0.0),
	}
	_, err := service.Messages.Push(ctx, id, queues.MessagePushParams{AccountID: account, Body: message})
	return err
}

func get(service *queues.QueueService, queueID string) error {
	_, err := service.Get(ctx, queueID, queues.QueueGetParams{AccountID: account})
	return err
}

func edit(settings queues.QueueParam) error {
	_, err := sdk.Edit(ctx, id, queues.QueueEditParams{AccountID: account, Queue: settings})
	return err
}

func main() {
	client := cases.Client{Name: "Go cloudflare-go", Version: os.Args[1]}
	queueCases(client)
	consumerCases(client)
	messageCases(client)
	newerCases(client)
	purgeCases(client)
	subscriptionCases(client)
	lookupCases(client)
	failureCases(client)
	client.Run("queues-delete-consumer", func() error {
		_, err := sdk.Consumers.Delete(ctx, id, consumer, queues.ConsumerDeleteParams{AccountID: account})
		return err
	})
	client.Run("queues-delete", func() error {
		if _, err := sdk.Delete(ctx, id, queues.QueueDeleteParams{AccountID: account}); err != nil {
			return err
		}
		return fails(get(sdk, id), 404, 11000)
	})
}

func queueCases(client cases.Client) {
	client.Run("queues-create", func() error {
		queue, err := sdk.New(ctx, queues.QueueNewParams{AccountID: account, QueueName: like(textParameter, "jobs")})
		if err != nil {
			return err
		}
		id = queue.QueueID
		return cases.Equal(queue.QueueName, "jobs")
	})
	client.Run("queues-list", func() error {
		pages := sdk.ListAutoPaging(ctx, queues.QueueListParams{AccountID: account})
		count := 0
		for pages.Next() {
			count++
		}
		return errors.Join(pages.Err(), cases.Equal(count, 1))
	})
	client.Run("queues-get", func() error { return get(sdk, id) })
	client.Run("queues-update", func() error {
		settings := queues.QueueSettingsParam{DeliveryDelay: like(numberParameter, 0.0), DeliveryPaused: like(truthParameter, false), MessageRetentionPeriod: like(numberParameter, 3600.0)}
		queue, err := sdk.Update(ctx, id, queues.QueueUpdateParams{
			AccountID: account, Queue: queues.QueueParam{QueueName: like(textParameter, "work"), Settings: like(queues.QueueParam{}.Settings, settings)},
		})
		if err != nil {
			return err
		}
		return cases.Equal(queue.Settings.MessageRetentionPeriod, 3600)
	})
	client.Run("queues-update-partial", func() error {
		return edit(queues.QueueParam{Settings: like(queues.QueueParam{}.Settings, queues.QueueSettingsParam{MessageRetentionPeriod: like(numberParameter, 7200.0)})})
	})
}

func consumerCases(client cases.Client) {
	client.Run("queues-create-consumer", func() error {
		made, err := sdk.Consumers.New(ctx, id, queues.ConsumerNewParams{
			AccountID: account,
			Body: queues.ConsumerNewParamsBodyMqHTTPConsumerRequest{
				Type:            like(queues.ConsumerNewParamsBodyMqHTTPConsumerRequest{}.Type, queues.ConsumerNewParamsBodyMqHTTPConsumerRequestTypeHTTPPull),
				DeadLetterQueue: like(textParameter, "dead"),
				Settings: like(queues.ConsumerNewParamsBodyMqHTTPConsumerRequest{}.Settings, queues.ConsumerNewParamsBodyMqHTTPConsumerRequestSettings{
					BatchSize: like(numberParameter, 10.0), MaxRetries: like(numberParameter, 2.0), RetryDelay: like(numberParameter, 0.0), VisibilityTimeoutMs: like(numberParameter, 60000.0),
				}),
			},
		})
		if err != nil {
			return err
		}
		consumer = made.ConsumerID
		return errors.Join(cases.Equal(made.DeadLetterQueue, "dead"), cases.Equal(len(consumer), 32))
	})
	client.Run("queues-list-consumers", func() error {
		page, err := sdk.Consumers.List(ctx, id, queues.ConsumerListParams{AccountID: account})
		if err != nil {
			return err
		}
		return cases.Equal(len(page.Result), 1)
	})
	client.Run("queues-get-consumer", func() error {
		found, err := sdk.Consumers.Get(ctx, id, consumer, queues.ConsumerGetParams{AccountID: account})
		if err != nil {
			return err
		}
		return cases.Equal(found.Type, "http_pull")
	})
	client.Run("queues-update-consumer", func() error {
		changed, err := sdk.Consumers.Update(ctx, id, consumer, queues.ConsumerUpdateParams{
			AccountID: account,
			Body: queues.ConsumerUpdateParamsBodyMqHTTPConsumerRequest{
				Type:     like(queues.ConsumerUpdateParamsBodyMqHTTPConsumerRequest{}.Type, queues.ConsumerUpdateParamsBodyMqHTTPConsumerRequestTypeHTTPPull),
				Settings: like(queues.ConsumerUpdateParamsBodyMqHTTPConsumerRequest{}.Settings, queues.ConsumerUpdateParamsBodyMqHTTPConsumerRequestSettings{BatchSize: like(numberParameter, 5.0)}),
			},
		})
		if err != nil {
			return err
		}
		return cases.Equal(changed.ConsumerID, consumer)
	})
}

func messageCases(client cases.Client) {
	client.Run("queues-push-message", func() error {
		body := queues.MessagePushParamsBodyMqQueueMessageJson{Body: like(queues.MessagePushParamsBodyMqQueueMessageJson{}.Body, map[string]int{"n": 1})}
		_, err := sdk.Messages.Push(ctx, id, queues.MessagePushParams{AccountID: account, Body: body})
		return errors.Join(err, pushText(sdk, "two"))
	})
	client.Run("queues-push-messages", func() error {
		_, err := sdk.Messages.BulkPush(ctx, id, queues.MessageBulkPushParams{
			AccountID: account,
			Messages: like(queues.MessageBulkPushParams{}.Messages, []queues.MessageBulkPushParamsMessageUnion{
				queues.MessageBulkPushParamsMessagesMqQueueMessageJson{Body: like(queues.MessageBulkPushParamsMessagesMqQueueMessageJson{}.Body, map[string]int{"n": 3})},
				queues.MessageBulkPushParamsMessagesMqQueueMessageText{
					Body: like(textParameter, "four"), ContentType: like(queues.MessageBulkPushParamsMessagesMqQueueMessageText{}.ContentType, queues.MessageBulkPushParamsMessagesMqQueueMessageTextContentTypeText),
				},
			}),
		})
		return err
	})
	client.Run("queues-pull-messages", func() error {
		messages, err := pull(2)
		if err != nil || len(messages) != 2 {
			return fmt.Errorf("%d messages: %w", len(messages), err)
		}
		first, err := base64.StdEncoding.DecodeString(messages[0].Body)
		if err != nil {
			return err
		}
		_, err = sdk.Messages.Ack(ctx, id, queues.MessageAckParams{AccountID: account, Retries: like(queues.MessageAckParams{}.Retries, []queues.MessageAckParamsRetry{
			{LeaseID: like(textParameter, messages[0].LeaseID)}, {LeaseID: like(textParameter, messages[1].LeaseID)},
		})})
		return errors.Join(err, cases.Equal(string(first), `{"n":1}`), cases.Equal(messages[1].Body, "two"))
	})
	client.Run("queues-ack-messages", func() error {
		messages, err := pull(10)
		if err != nil || len(messages) != 4 {
			return fmt.Errorf("%d messages: %w", len(messages), err)
		}
		params := queues.MessageAckParams{
			AccountID: account,
			Retries:   like(queues.MessageAckParams{}.Retries, []queues.MessageAckParamsRetry{{LeaseID: like(textParameter, messages[0].LeaseID), DelaySeconds: like(numberParameter, 0.0)}}),
			Acks:      like(queues.MessageAckParams{}.Acks, acks(messages[1:])),
		}
		answer, err := sdk.Messages.Ack(ctx, id, params)
		if err != nil {
			return err
		}
		return errors.Join(cases.Equal(answer.AckCount, 3), cases.Equal(answer.RetryCount, 1))
	})
}

func acks(messages []queues.MessagePullResponseMessage) []queues.MessageAckParamsAck {
	acks := []queues.MessageAckParamsAck{}
	for _, message := range messages {
		acks = append(acks, queues.MessageAckParamsAck{LeaseID: like(textParameter, message.LeaseID)})
	}
	return acks
}

func purgeCases(client cases.Client) {
	client.Run("queues-purge", func() error {
		params := queues.PurgeStartParams{AccountID: account, DeleteMessagesPermanently: like(truthParameter, true)}
		if _, err := sdk.Purge.Start(ctx, id, params); err != nil {
			return err
		}
		messages, err := pull(10)
		return errors.Join(err, cases.Equal(len(messages), 0))
	})
	client.Run("queues-purge-get", func() error {
		status, err := sdk.Purge.Status(ctx, id, queues.PurgeStatusParams{AccountID: account})
		if err != nil {
			return err
		}
		return cases.Equal(status.Completed, "true")
	})
}

func subscriptionCases(client cases.Client) {
	var subscription string
	client.Run("subscriptions-create", func() error {
		made, err := sdk.Subscriptions.New(ctx, queues.SubscriptionNewParams{
			AccountID: account,
			Name:      like(textParameter, "values"),
			Enabled:   like(truthParameter, true),
			Events:    like(queues.SubscriptionNewParams{}.Events, []string{"created"}),
			Source: like(queues.SubscriptionNewParams{}.Source, queues.SubscriptionNewParamsSourceMqEventSourceKV{
				Type: like(queues.SubscriptionNewParamsSourceMqEventSourceKV{}.Type, queues.SubscriptionNewParamsSourceMqEventSourceKVTypeKV),
			}),
			Destination: like(queues.SubscriptionNewParams{}.Destination, queues.SubscriptionNewParamsDestination{
				QueueID: like(textParameter, id), Type: like(queues.SubscriptionNewParamsDestination{}.Type, queues.SubscriptionNewParamsDestinationTypeQueuesQueue),
			}),
		})
		if err != nil {
			return err
		}
		subscription = made.ID
		return cases.Equal(made.Source.Type, "kv")
	})
	client.Run("subscriptions-list", func() error {
		pages := sdk.Subscriptions.ListAutoPaging(ctx, queues.SubscriptionListParams{AccountID: account})
		count := 0
		for pages.Next() {
			count++
		}
		return errors.Join(pages.Err(), cases.Equal(count, 1))
	})
	client.Run("subscriptions-get", func() error {
		_, err := sdk.Subscriptions.Get(ctx, subscription, queues.SubscriptionGetParams{AccountID: account})
		return err
	})
	client.Run("subscriptions-patch", func() error {
		params := queues.SubscriptionUpdateParams{AccountID: account, Enabled: like(truthParameter, false)}
		changed, err := sdk.Subscriptions.Update(ctx, subscription, params)
		if err != nil {
			return err
		}
		return cases.Equal(changed.Enabled, false)
	})
	client.Run("subscriptions-delete", func() error {
		deleted, err := sdk.Subscriptions.Delete(ctx, subscription, queues.SubscriptionDeleteParams{AccountID: account})
		if err != nil {
			return err
		}
		return cases.Equal(deleted.ID, subscription)
	})
}

func lookupCases(client cases.Client) {
	accountService := accounts.NewAccountService(options...)
	client.Run("accounts-list", func() error {
		page, err := accountService.List(ctx, accounts.AccountListParams{})
		if err != nil {
			return err
		}
		return cases.Equal(len(page.Result), 1)
	})
	client.Run("accounts-get", func() error {
		found, err := accountService.Get(ctx, accounts.AccountGetParams{AccountID: account})
		if err != nil {
			return err
		}
		return cases.Equal(found.ID, cases.AccountID)
	})
	client.Run("account-api-tokens-verify-token", func() error {
		verified, err := accountService.Tokens.Verify(ctx, accounts.TokenVerifyParams{AccountID: account})
		if err != nil {
			return err
		}
		return cases.Equal(verified.Status, "active")
	})
	client.Run("user-tokens-verify", func() error {
		verified, err := user.NewTokenService(options...).Verify(ctx)
		if err != nil {
			return err
		}
		return cases.Equal(verified.Status, "active")
	})
	client.Run("memberships-list", func() error {
		page, err := memberships.NewMembershipService(options...).List(ctx, memberships.MembershipListParams{})
		if err != nil {
			return err
		}
		return cases.Equal(len(page.Result), 1)
	})
}

func with(more ...option.RequestOption) *queues.QueueService {
	return queues.NewQueueService(append(append([]option.RequestOption{}, options...), more...)...)
}

func failureCases(client cases.Client) {
	stranger := option.WithAPIToken("wrong")
	client.Run("failure 400", func() error {
		_, err := sdk.New(ctx, queues.QueueNewParams{AccountID: account, QueueName: like(textParameter, "no good")})
		if err = fails(err, 400, 11003); err != nil {
			return err
		}
		_, err = sdk.New(ctx, queues.QueueNewParams{AccountID: account, QueueName: like(textParameter, "work")})
		return fails(err, 400, 11009)
	})
	client.Run("failure 401", func() error {
		_, err := user.NewTokenService(append(append([]option.RequestOption{}, options...), stranger)...).Verify(ctx)
		return fails(err, 401, 1000)
	})
	client.Run("failure 403", func() error { return fails(get(with(stranger), id), 403, 10000) })
	client.Run("failure 404", func() error { return fails(get(sdk, cases.UnknownID), 404, 11000) })
	client.Run("failure 405", func() error {
		bare, err := sdk.New(ctx, queues.QueueNewParams{AccountID: account, QueueName: like(textParameter, "bare")})
		if err != nil {
			return err
		}
		_, err = sdk.Messages.Pull(ctx, bare.QueueID, queues.MessagePullParams{AccountID: account})
		return fails(err, 405, 10405)
	})
	client.Run("failure 409", func() error {
		if err := edit(queues.QueueParam{Settings: like(queues.QueueParam{}.Settings, queues.QueueSettingsParam{DeliveryPaused: like(truthParameter, true)})}); err != nil {
			return err
		}
		before := cases.Requests()
		_, err := with(option.WithMaxRetries(2)).Messages.Pull(ctx, id, queues.MessagePullParams{AccountID: account})
		made := cases.Requests() - before
		resume := queues.QueueParam{Settings: like(queues.QueueParam{}.Settings, queues.QueueSettingsParam{DeliveryPaused: like(truthParameter, false)})}
		return errors.Join(fails(err, 409, 10252), cases.Equal(made, 1), edit(resume))
	})
	client.Run("failure 413", func() error { return fails(pushText(sdk, strings.Repeat("x", 128_001)), 413, 10204) })
	client.Run("failure 429", func() error {
		if err := errors.Join(pushText(sdk, strings.Repeat("x", 120_000)), pushText(sdk, strings.Repeat("x", 120_000))); err != nil {
			return err
		}
		before := cases.Requests()
		refused := fails(pushText(with(option.WithMaxRetries(1)), strings.Repeat("x", 120_000)), 429, 10251)
		made := cases.Requests() - before
		messages, err := pull(10)
		if err := errors.Join(err, refused, cases.Equal(made, 2)); err != nil {
			return err
		}
		_, err = sdk.Messages.Ack(ctx, id, queues.MessageAckParams{AccountID: account, Acks: like(queues.MessageAckParams{}.Acks, acks(messages))})
		return errors.Join(err, pushText(sdk, strings.Repeat("x", 120_000)))
	})
	client.Run("failure 500", func() error {
		cases.Respond(500, 1)
		if err := fails(get(sdk, id), 500, 15000); err != nil {
			return err
		}
		cases.Respond(500, 1)
		before := cases.Requests()
		err := get(with(option.WithMaxRetries(1)), id)
		return errors.Join(err, cases.Equal(cases.Requests()-before, 2))
	})
	client.Run("failure no connection", func() error {
		if err := get(with(option.WithBaseURL(cases.ClosedURL)), id); err == nil {
			return errors.New("it succeeded")
		}
		return nil
	})
	client.Run("failure timeout", func() error {
		cases.Silence()
		if err := get(with(option.WithRequestTimeout(200*time.Millisecond)), id); !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("no timeout: %v", err)
		}
		return nil
	})
}

// like makes a parameter of the type of another one. cloudflare.F does the same, but its package imports all services of
// Cloudflare, whose compilation takes minutes.
func like[P any](example P, value any) P {
	parameter := reflect.ValueOf(&example).Elem()
	parameter.FieldByName("Value").Set(reflect.ValueOf(value))
	parameter.FieldByName("Present").SetBool(true)
	return example
}

var (
	textParameter   = queues.QueueNewParams{}.QueueName
	numberParameter = queues.MessagePullParams{}.BatchSize
	truthParameter  = queues.PurgeStartParams{}.DeleteMessagesPermanently
)

// fails returns an error unless err is that of a response with this status and code.
func fails(err error, status int, code int64) error {
	if err == nil {
		return errors.New("it succeeded")
	}
	// The type cloudflare.Error, by reflection for the reason that like() has.
	failure := reflect.ValueOf(err)
	if failure.Kind() != reflect.Pointer || !failure.Elem().FieldByName("StatusCode").IsValid() {
		return fmt.Errorf("another error: %T %v", err, err)
	}
	codes := failure.Elem().FieldByName("Errors")
	if codes.Len() == 0 {
		return fmt.Errorf("without codes: %v", err)
	}
	return errors.Join(
		cases.Equal(failure.Elem().FieldByName("StatusCode"), status),
		cases.Equal(codes.Index(0).FieldByName("Code"), code),
	)
}
