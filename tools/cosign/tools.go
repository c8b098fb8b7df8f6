//go:build tools

// Package tools pins cosign, which signs and verifies images in the tests as the pipeline does.
package tools

import _ "github.com/sigstore/cosign/v3/cmd/cosign"
