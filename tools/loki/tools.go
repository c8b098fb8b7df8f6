//go:build tools

// Package tools pins Loki and Promtail, from the last version that has both.
package tools

import (
	_ "github.com/grafana/loki/v3/clients/cmd/promtail"
	_ "github.com/grafana/loki/v3/cmd/loki"
)
