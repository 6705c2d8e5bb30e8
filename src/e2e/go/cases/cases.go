// Package cases is what all programs of this module share: the environment, the form of a case, the faults of the proxy.
package cases

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
)

// The environment of a program.
var (
	BaseURL   = os.Getenv("SLUICE_BASE_URL")
	ClosedURL = os.Getenv("SLUICE_CLOSED_URL")
	AccountID = os.Getenv("SLUICE_ACCOUNT_ID")
	Token     = os.Getenv("SLUICE_TOKEN")
)

// UnknownID is an id that no object has.
const UnknownID = "00000000000000000000000000000000"

// Client runs cases of a client and prints each as a line.
type Client struct {
	Group   string
	Name    string
	Version string
}

type line struct {
	Client    string `json:"client"`
	Group     string `json:"group,omitempty"`
	Version   string `json:"version,omitempty"`
	Operation string `json:"operation"`
	Outcome   string `json:"outcome"`
	Detail    string `json:"detail,omitempty"`
}

// Run runs one case. It has passed if the action returns nil.
func (c Client) Run(operation string, action func() error) {
	result := line{Client: c.Name, Group: c.Group, Version: c.Version, Operation: operation, Outcome: "passed"}
	if err := action(); err != nil {
		result.Outcome, result.Detail = "failed", err.Error()
	}
	text, err := json.Marshal(result)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}

// Equal returns an error unless the values print the same.
func Equal(actual, expected any) error {
	if a, e := fmt.Sprintf("%v", actual), fmt.Sprintf("%v", expected); a != e {
		return fmt.Errorf("%s instead of %s", a, e)
	}
	return nil
}

func control(method, path string) string {
	request, err := http.NewRequest(method, os.Getenv("SLUICE_FAULTS_URL")+"/"+path, nil)
	if err != nil {
		panic(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Respond makes the next requests get this status.
func Respond(status, times int) {
	control(http.MethodPost, fmt.Sprintf("respond?status=%d&times=%d", status, times))
}

// Silence makes the next request get no response.
func Silence() {
	control(http.MethodPost, "silence")
}

// Requests returns how many requests there were so far.
func Requests() int {
	count, err := strconv.Atoi(control(http.MethodGet, "requests"))
	if err != nil {
		panic(err)
	}
	return count
}
