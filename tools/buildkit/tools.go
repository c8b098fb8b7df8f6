//go:build tools

// Package tools pins BuildKit, which builds images in the tests as buildx has it in the pipeline.
package tools

import _ "github.com/moby/buildkit/cmd/buildkitd"
