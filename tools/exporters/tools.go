//go:build tools

// Package tools pins the exporters of the monitoring stack.
package tools

import (
	_ "github.com/oliver006/redis_exporter"
	_ "github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter"
	_ "github.com/prometheus/blackbox_exporter"
	_ "github.com/prometheus/node_exporter"
)
