//go:build tools

// Package tools pins the registry that the tests delete images from.
package tools

import _ "github.com/distribution/distribution/v3/cmd/registry"
