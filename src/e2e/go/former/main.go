// The SDK 0.x, which uses the paths of the first Queues API: each method of queues, and failures.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/cloudflare/cloudflare-go"

	"sluice.test/clients/cases"
)

func main() {
	client := cases.Client{Name: "Go cloudflare-go", Version: os.Args[1]}
	run(client)
}

func newAPI(token string, options ...cloudflare.Option) *cloudflare.API {
	// Without retries, which are a case of their own.
	options = append([]cloudflare.Option{cloudflare.BaseURL(cases.BaseURL), cloudflare.UsingRetryPolicy(0, 0, 0)}, options...)
	api, err := cloudflare.NewWithAPIToken(token, options...)
	if err != nil {
		panic(err)
	}
	return api
}

func run(client cases.Client) {
	ctx := context.Background()
	account := cloudflare.AccountIdentifier(cases.AccountID)
	api := newAPI(cases.Token)

	client.Run("queue-create-queue", func() error {
		queue, err := api.CreateQueue(ctx, account, cloudflare.CreateQueueParams{Name: "jobs"})
		return errors.Join(err, cases.Equal(queue.Name, "jobs"), cases.Equal(queue.CreatedOn != nil, true))
	})
	client.Run("queue-list-queues", func() error {
		queues, info, err := api.ListQueues(ctx, account, cloudflare.ListQueuesParams{})
		return errors.Join(err, cases.Equal(len(queues), 1), cases.Equal(info.Total, 1))
	})
	client.Run("queue-queue-details", func() error {
		queue, err := api.GetQueue(ctx, account, "jobs")
		return errors.Join(err, cases.Equal(len(queue.ID), 32))
	})
	client.Run("queue-update-queue", func() error {
		queue, err := api.UpdateQueue(ctx, account, cloudflare.UpdateQueueParams{Name: "jobs", UpdatedName: "work"})
		return errors.Join(err, cases.Equal(queue.Name, "work"))
	})
	settings := cloudflare.QueueConsumerSettings{BatchSize: 20, MaxRetires: 2, MaxWaitTime: 1000}
	client.Run("queue-create-queue-consumer", func() error {
		consumer, err := api.CreateQueueConsumer(ctx, account, cloudflare.CreateQueueConsumerParams{
			QueueName: "work",
			Consumer:  cloudflare.QueueConsumer{Service: "worker", Environment: "production", Settings: settings, DeadLetterQueue: "dead"},
		})
		return errors.Join(err, cases.Equal(consumer.ScriptName, "worker"), cases.Equal(consumer.Settings, settings))
	})
	client.Run("queue-list-queue-consumers", func() error {
		consumers, _, err := api.ListQueueConsumers(ctx, account, cloudflare.ListQueueConsumersParams{QueueName: "work"})
		return errors.Join(err, cases.Equal(len(consumers), 1))
	})
	client.Run("queue-update-queue-consumer", func() error {
		settings.BatchSize = 30
		consumer, err := api.UpdateQueueConsumer(ctx, account, cloudflare.UpdateQueueConsumerParams{
			QueueName: "work",
			Consumer:  cloudflare.QueueConsumer{Name: "worker", ScriptName: "other", Settings: settings},
		})
		return errors.Join(err, cases.Equal(consumer.ScriptName, "other"), cases.Equal(consumer.Settings.BatchSize, 30))
	})
	client.Run("user-tokens-verify", func() error {
		token, err := api.VerifyAPIToken(ctx)
		return errors.Join(err, cases.Equal(token.Status, "active"))
	})
	client.Run("accounts-list", func() error {
		accounts, _, err := api.Accounts(ctx, cloudflare.AccountsListParams{})
		return errors.Join(err, cases.Equal(len(accounts), 1))
	})
	client.Run("accounts-get", func() error {
		found, _, err := api.Account(ctx, cases.AccountID)
		return errors.Join(err, cases.Equal(found.ID, cases.AccountID))
	})
	failures(ctx, client, account, api)
	client.Run("queue-delete-queue-consumer", func() error {
		consumer := cloudflare.DeleteQueueConsumerParams{QueueName: "work", ConsumerName: "other"}
		return api.DeleteQueueConsumer(ctx, account, consumer)
	})
	client.Run("queue-delete-queue", func() error {
		if err := api.DeleteQueue(ctx, account, "work"); err != nil {
			return err
		}
		_, err := api.GetQueue(ctx, account, "work")
		return fails[*cloudflare.NotFoundError](err, 11000)
	})
}

func failures(ctx context.Context, client cases.Client, account *cloudflare.ResourceContainer, api *cloudflare.API) {
	get := func(api *cloudflare.API, name string) error {
		_, err := api.GetQueue(ctx, account, name)
		return err
	}
	stranger := newAPI("wrong")
	client.Run("failure 400", func() error {
		_, err := api.CreateQueue(ctx, account, cloudflare.CreateQueueParams{Name: "no good"})
		if err = fails[*cloudflare.RequestError](err, 11003); err != nil {
			return err
		}
		_, err = api.CreateQueue(ctx, account, cloudflare.CreateQueueParams{Name: "work"})
		return fails[*cloudflare.RequestError](err, 11009)
	})
	client.Run("failure 401", func() error {
		_, err := stranger.VerifyAPIToken(ctx)
		return fails[*cloudflare.AuthorizationError](err, 1000)
	})
	client.Run("failure 403", func() error {
		return fails[*cloudflare.AuthenticationError](get(stranger, "work"), 10000)
	})
	client.Run("failure 404", func() error {
		return fails[*cloudflare.NotFoundError](get(api, "unknown"), 11000)
	})
	client.Run("failure 500", func() error {
		cases.Respond(500, 1)
		// This version has no type for it outside of its retries.
		if err := get(api, "work"); err == nil || !strings.Contains(err.Error(), "500") {
			return fmt.Errorf("no internal error: %v", err)
		}
		cases.Respond(500, 1)
		before := cases.Requests()
		err := get(newAPI(cases.Token, cloudflare.UsingRetryPolicy(1, 0, 0)), "work")
		return errors.Join(err, cases.Equal(cases.Requests()-before, 2))
	})
	client.Run("failure no connection", func() error {
		if err := get(newAPI(cases.Token, cloudflare.BaseURL(cases.ClosedURL)), "work"); err == nil {
			return errors.New("it succeeded")
		}
		return nil
	})
}

// fails returns an error unless err is of the type and has the code.
func fails[T interface {
	error
	ErrorCodes() []int
}](err error, code int) error {
	var failure T
	if !errors.As(err, &failure) {
		return fmt.Errorf("another error: %T %v", err, err)
	}
	return cases.Equal(failure.ErrorCodes(), []int{code})
}
