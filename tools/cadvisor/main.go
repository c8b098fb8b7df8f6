// Cadvisor serves the container metrics of cAdvisor's library to Prometheus. The library's own main package is in no
// Go module that is published, so this is the part of it that the platform uses: /metrics and /healthz, for Docker.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/google/cadvisor/cache/memory"
	"github.com/google/cadvisor/container"
	_ "github.com/google/cadvisor/container/docker/install"
	_ "github.com/google/cadvisor/container/systemd/install"
	v2 "github.com/google/cadvisor/info/v2"
	"github.com/google/cadvisor/manager"
	"github.com/google/cadvisor/metrics"
	"github.com/google/cadvisor/utils/sysfs"
	"github.com/google/cadvisor/version"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"
)

// keptFor is how long samples stay in memory, as in the official program.
const keptFor = 2 * time.Minute

// ignored are the metrics that the official program leaves out unless it is told otherwise: costly, or of rare hardware.
var ignored = container.MetricSet{
	container.MemoryNumaMetrics:              {},
	container.NetworkTcpUsageMetrics:         {},
	container.NetworkUdpUsageMetrics:         {},
	container.NetworkAdvancedTcpUsageMetrics: {},
	container.ProcessSchedulerMetrics:        {},
	container.ProcessMetrics:                 {},
	container.HugetlbUsageMetrics:            {},
	container.ReferencedMemoryMetrics:        {},
	container.CPUTopologyMetrics:             {},
	container.ResctrlMetrics:                 {},
	container.CPUSetMetrics:                  {},
}

var (
	port        = flag.Int("port", 8080, "port to listen on")
	storeLabels = flag.Bool("store_container_labels", true, "turn container labels into labels of the metrics")
	showVersion = flag.Bool("version", false, "print the version and exit")
)

func main() {
	klog.InitFlags(nil)
	defer klog.Flush()
	flag.Parse()
	if *showVersion {
		fmt.Println("cadvisor version", version.Info["version"])
		return
	}
	if err := serve(); err != nil {
		klog.Fatal(err)
	}
}

func serve() error {
	included := container.AllMetrics.Difference(ignored)
	// The library looks at the first of what an empty list of words splits into.
	none := []string{""}
	watcher, err := manager.New(memory.New(keptFor, nil), sysfs.NewRealSysFs(), manager.HousekeepingConfigFlags,
		included, http.DefaultClient, none, none, "", 0)
	if err != nil {
		return fmt.Errorf("cannot watch containers: %w", err)
	}
	if err := watcher.Start(); err != nil {
		return fmt.Errorf("cannot watch containers: %w", err)
	}

	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprintln(answer, "ok") })
	mux.Handle("/metrics", metricsHandler(watcher, included))
	server := &http.Server{Addr: ":" + strconv.Itoa(*port), Handler: mux, ReadHeaderTimeout: 10 * time.Second}

	stopped, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-stopped.Done()
		_ = server.Close()
	}()
	klog.Infof("cadvisor %s listens on port %d", version.Info["version"], *port)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return watcher.Stop()
}

func metricsHandler(watcher manager.Manager, included container.MetricSet) http.Handler {
	labels := metrics.DefaultContainerLabels
	if !*storeLabels {
		labels = metrics.BaseContainerLabels(nil)
	}
	// Of every container, from the root downwards, its newest sample.
	everything := v2.RequestOptions{IdType: v2.TypeName, Count: 1, Recursive: true}
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		metrics.NewPrometheusCollector(watcher, labels, included, clock.RealClock{}, everything),
		metrics.NewPrometheusMachineCollector(watcher, included),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}
