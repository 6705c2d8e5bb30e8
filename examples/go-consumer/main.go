// A pull consumer with nothing but the standard library. Reads CLOUDFLARE_BASE_URL, CLOUDFLARE_API_TOKEN,
// CLOUDFLARE_ACCOUNT_ID and QUEUE. Acknowledges the messages that it could handle; the others are delivered again.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"
)

var (
	queues = os.Getenv("CLOUDFLARE_BASE_URL") + "/accounts/" + os.Getenv("CLOUDFLARE_ACCOUNT_ID") + "/queues"
	token  = os.Getenv("CLOUDFLARE_API_TOKEN")
	client = &http.Client{Timeout: time.Minute}
)

type message struct {
	LeaseID  string `json:"lease_id"`
	Body     string `json:"body"`
	Attempts int    `json:"attempts"`
}

type ack struct {
	LeaseID string `json:"lease_id"`
}

type retry struct {
	LeaseID      string `json:"lease_id"`
	DelaySeconds int    `json:"delay_seconds"`
}

// call sends a request and stores the result of the response in result, unless that is nil.
func call(method, url string, body, result any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, url, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var envelope struct {
		Success bool            `json:"success"`
		Errors  json.RawMessage `json:"errors"`
		Result  json.RawMessage `json:"result"`
	}
	if err := json.NewDecoder(response.Body).Decode(&envelope); err != nil {
		return err
	}
	if !envelope.Success {
		return fmt.Errorf("%s: %s", response.Status, envelope.Errors)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(envelope.Result, result)
}

// handle returns an error if the message cannot be handled now.
func handle(m message) error {
	var order struct {
		ID int `json:"id"`
	}
	if err := json.Unmarshal([]byte(m.Body), &order); err != nil {
		return err
	}
	if order.ID == 0 {
		return fmt.Errorf("an order without an id")
	}
	fmt.Println("order", order.ID)
	return nil
}

// consume handles the messages that are ready and returns how many there were.
func consume(messagesURL string) (int, error) {
	var pulled struct {
		Messages []message `json:"messages"`
	}
	pull := map[string]int{"batch_size": 10, "visibility_timeout_ms": 60000}
	if err := call("POST", messagesURL+"/pull", pull, &pulled); err != nil || len(pulled.Messages) == 0 {
		return 0, err
	}
	acks, retries := []ack{}, []retry{}
	for _, m := range pulled.Messages {
		if err := handle(m); err != nil {
			fmt.Println("failed:", err)
			retries = append(retries, retry{m.LeaseID, min(1<<min(m.Attempts, 11), 3600)})
		} else {
			acks = append(acks, ack{m.LeaseID})
		}
	}
	err := call("POST", messagesURL+"/ack", map[string]any{"acks": acks, "retries": retries}, nil)
	return len(pulled.Messages), err
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func main() {
	name := os.Getenv("QUEUE")
	if name == "" {
		name = "orders"
	}
	var found []struct {
		QueueID string `json:"queue_id"`
	}
	if err := call("GET", queues+"?name="+url.QueryEscape(name), nil, &found); err != nil {
		log.Fatal(err)
	}
	if len(found) == 0 {
		log.Fatal("there is no queue " + name)
	}
	for {
		handled, err := consume(queues + "/" + found[0].QueueID + "/messages")
		if err != nil {
			log.Print(err)
		}
		if handled == 0 {
			time.Sleep(200 * time.Millisecond)
		}
	}
}
