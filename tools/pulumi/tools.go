//go:build tools

// Package tools pins the Pulumi engine, which is built from its Go module where no release can be downloaded.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
