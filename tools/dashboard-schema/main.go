// Command dashboard-schema reads Grafana dashboards strictly: it fails over fields that are missing, of another type or
// unknown, in the dashboard, its panels, what each kind of panel may say, and the queries of Prometheus and Loki. The types
// are those that Grafana Labs generates from Grafana's own schemas.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// version is written by the linker.
var version = "unknown"

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println("dashboard-schema version", version)
		return
	}
	plugins.RegisterDefaultPlugins()
	failed := false
	for _, path := range os.Args[1:] {
		if err := judge(path); err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
		}
	}
	if failed {
		os.Exit(1)
	}
}

func judge(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var read dashboard.Dashboard
	if err := read.UnmarshalJSONStrict(raw); isFound(err) {
		return err
	}
	if err := read.Validate(); isFound(err) {
		return err
	}
	return nil
}

// isFound is false for a list of errors that has none: the library returns such a one in place of nil.
func isFound(err error) bool {
	var all cog.BuildErrors
	if errors.As(err, &all) {
		return len(all) > 0
	}
	return err != nil
}
