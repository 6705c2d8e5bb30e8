//go:build tools

// Package clients keeps the second version of the SDK in go.mod: a build replaces the import paths of ./sdk.
package clients

import (
	_ "github.com/cloudflare/cloudflare-go/v6/queues"
)
