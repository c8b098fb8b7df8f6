//go:build tools

// Package tools pins Vault, which holds secrets.
package tools

import _ "github.com/hashicorp/vault"
