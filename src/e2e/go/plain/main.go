// The HTTP client of Go without an SDK.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"sluice.test/clients/cases"
)

type reply struct {
	status     int
	retryAfter string
	Result     struct {
		QueueID  string `json:"queue_id"`
		AckCount int    `json:"ackCount"`
		Messages []struct {
			Body    string `json:"body"`
			LeaseID string `json:"lease_id"`
		} `json:"messages"`
	} `json:"result"`
	Errors []struct{ Code int } `json:"errors"`
}

type object map[string]any

func send(method, url string, body object) (*reply, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(method, url, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+cases.Token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer := &reply{status: response.StatusCode, retryAfter: response.Header.Get("Retry-After")}
	return answer, json.NewDecoder(response.Body).Decode(answer)
}

func main() {
	client := cases.Client{Group: "HTTP clients, Go", Name: "net/http"}
	queues := cases.BaseURL + "/accounts/" + cases.AccountID + "/queues"
	made, err := send(http.MethodPost, queues, object{"queue_name": "plain"})
	if err != nil {
		panic(err)
	}
	queue := queues + "/" + made.Result.QueueID
	if _, err := send(http.MethodPost, queue+"/consumers", object{"type": "http_pull"}); err != nil {
		panic(err)
	}
	var leases []object
	push := func(text string) (*reply, error) {
		return send(http.MethodPost, queue+"/messages", object{"body": text, "content_type": "text"})
	}
	pull := func() (*reply, error) {
		pulled, err := send(http.MethodPost, queue+"/messages/pull", object{"batch_size": 10})
		leases = nil
		if err == nil {
			for _, message := range pulled.Result.Messages {
				leases = append(leases, object{"lease_id": message.LeaseID})
			}
		}
		return pulled, err
	}
	status := func(answer *reply, err error, expected int) error {
		if err != nil {
			return err
		}
		return cases.Equal(answer.status, expected)
	}
	pushes := func(text string, expected int) error {
		answer, err := push(text)
		return status(answer, err, expected)
	}
	client.Run("push", func() error { return pushes("hello", 200) })
	client.Run("pull", func() error {
		pulled, err := pull()
		if err != nil || len(pulled.Result.Messages) != 1 {
			return fmt.Errorf("no message: %w", err)
		}
		return cases.Equal(pulled.Result.Messages[0].Body, "hello")
	})
	client.Run("ack", func() error {
		answer, err := send(http.MethodPost, queue+"/messages/ack", object{"acks": leases})
		if err != nil {
			return err
		}
		return cases.Equal(answer.Result.AckCount, 1)
	})
	client.Run("failure 409", func() error {
		_, err := send(http.MethodPatch, queue, object{"settings": object{"delivery_paused": true}})
		paused, pullErr := pull()
		_, resumeErr := send(http.MethodPatch, queue, object{"settings": object{"delivery_paused": false}})
		if err := errors.Join(err, pullErr, resumeErr); err != nil {
			return err
		}
		return errors.Join(cases.Equal(paused.status, 409), cases.Equal(paused.Errors[0].Code, 10252))
	})
	client.Run("failure 429", func() error {
		large := strings.Repeat("x", 120_000)
		if err := errors.Join(pushes(large, 200), pushes(large, 200)); err != nil {
			return err
		}
		full, err := push(large)
		if err != nil {
			return err
		}
		_, pullErr := pull()
		_, ackErr := send(http.MethodPost, queue+"/messages/ack", object{"acks": leases})
		refused := errors.Join(cases.Equal(full.status, 429), cases.Equal(full.retryAfter, "1"))
		return errors.Join(refused, pullErr, ackErr, pushes("again", 200))
	})
	client.Run("failure 500", func() error {
		cases.Respond(500, 1)
		return errors.Join(pushes("twice", 500), pushes("twice", 200))
	})
}
