//go:build tools

// Package tools pins Docker Compose, which the bench of `up` is measured against.
package tools

import (
	_ "github.com/docker/compose/v2/cmd"
)
