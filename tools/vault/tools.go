//go:build tools

// Package tools pins Vault, which holds secrets, and its Kubernetes auth, which is no part of a minimal build.
package tools

import (
	_ "github.com/hashicorp/vault"
	_ "github.com/hashicorp/vault-plugin-auth-kubernetes/cmd/vault-plugin-auth-kubernetes"
)
