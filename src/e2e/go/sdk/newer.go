package main

import (
	"github.com/cloudflare/cloudflare-go/v7/queues"

	"sluice.test/clients/cases"
)

// newerCases are the methods that 6.x does not have. One message is ready.
func newerCases(client cases.Client) {
	var refs []queues.MessagePurgeParamsRef
	client.Run("queues-get-metrics", func() error {
		metrics, err := sdk.GetMetrics(ctx, id, queues.QueueGetMetricsParams{AccountID: account})
		if err != nil {
			return err
		}
		return cases.Equal(metrics.BacklogCount, 1)
	})
	client.Run("queues-peek-messages", func() error {
		peeked, err := sdk.Messages.Peek(ctx, id, queues.MessagePeekParams{AccountID: account})
		if err != nil {
			return err
		}
		for _, message := range peeked.Messages {
			refs = append(refs, queues.MessagePurgeParamsRef{Ref: like(textParameter, message.Ref)})
		}
		return cases.Equal(len(refs), 1)
	})
	client.Run("queues-purge-messages", func() error {
		params := queues.MessagePurgeParams{AccountID: account, Refs: like(queues.MessagePurgeParams{}.Refs, refs)}
		answer, err := sdk.Messages.Purge(ctx, id, params)
		if err != nil {
			return err
		}
		return cases.Equal(len(answer.Warnings), 0)
	})
}
