//go:build tools

// Package tools pins the Kubernetes API server and the etcd it stores into, which judge the platform's objects, and
// the controllers and the scheduler that make a cluster of them.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
)
