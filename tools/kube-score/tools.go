//go:build tools

// Package tools pins kube-score, with which the policies are compared.
package tools

import _ "github.com/zegl/kube-score/cmd/kube-score"
