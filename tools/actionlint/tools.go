//go:build tools

// Package tools pins actionlint, which judges the pipeline.
package tools

import _ "github.com/rhysd/actionlint/cmd/actionlint"
