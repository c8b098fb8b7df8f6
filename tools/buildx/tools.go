//go:build tools

// Package tools pins buildx, which copies images from registry to registry in the tests as the pipeline does.
package tools

import _ "github.com/docker/buildx/cmd/buildx"
