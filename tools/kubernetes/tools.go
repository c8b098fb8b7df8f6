//go:build tools

// Package tools pins the Kubernetes API server, and the etcd it stores into, that judge the platform's objects.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
)
