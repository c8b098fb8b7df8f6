// test-server is a workload for tests: an HTTP server whose behaviour is chosen by flags. It is static, so its image
// is `FROM scratch`, and it brings the checks that a test runs inside the container along.
//
//	test-server [flags]          serve
//	test-server check <url>      exit 0 if the URL answers 200 within two seconds: for a health check
//	wget … <url>                 the same, for a check by that name
//	test-server write <count> <more>
//	                             write lines that are numbered from 0 on; more at each SIGHUP, and before it ends
//	test-server connect <addr>   exit 0 if the TCP address takes a connection within two seconds: for network tests
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

func main() {
	if filepath.Base(os.Args[0]) == "wget" {
		exit(check(os.Args[len(os.Args)-1]))
	}
	if len(os.Args) == 3 && os.Args[1] == "check" {
		exit(check(os.Args[2]))
	}
	if len(os.Args) == 3 && os.Args[1] == "connect" {
		exit(connect(os.Args[2]))
	}
	if len(os.Args) == 4 && os.Args[1] == "write" {
		write(number(os.Args[2]), number(os.Args[3]))
		return
	}
	serve()
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		exit(err)
	}
	return value
}

func write(count, more int) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	written := 0
	lines := func(count int) {
		for end := written + count; written < end; written++ {
			fmt.Printf("line %d\n", written)
		}
	}
	lines(count)
	for received := range signals {
		lines(more)
		if received != syscall.SIGHUP {
			return
		}
	}
}

func exit(problem error) {
	if problem != nil {
		fmt.Println(problem)
		os.Exit(1)
	}
	os.Exit(0)
}

func check(url string) error {
	client := http.Client{Timeout: 2 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d", url, answer.StatusCode)
	}
	return nil
}

func connect(address string) error {
	connection, err := net.DialTimeout("tcp", address, 2*time.Second)
	if err != nil {
		return err
	}
	return connection.Close()
}

func serve() {
	listen := flag.String("listen", ":8080", "address to listen on")
	version := flag.String("version", "1", "what / answers")
	listenAfter := flag.Duration("listen-after", 0, "until then it does not listen")
	readyAfter := flag.Duration("ready-after", 0, "until then /ready answers 503")
	readyStatus := flag.Int("ready-status", http.StatusOK, "what /ready answers from then on")
	exitCode := flag.Int("exit", -1, "say goodbye and exit at once with this code")
	say := flag.String("say", "", "a line for the log")
	ignoreTerm := flag.Bool("ignore-sigterm", false, "go on after SIGTERM")
	flag.Parse()

	if *say != "" {
		fmt.Println(*say)
	}
	if *exitCode >= 0 {
		fmt.Println("goodbye")
		os.Exit(*exitCode)
	}

	time.Sleep(*listenAfter)
	began := time.Now()
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprintln(answer, *version) })
	http.HandleFunc("/ready", func(answer http.ResponseWriter, _ *http.Request) {
		if time.Since(began) < *readyAfter {
			answer.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		answer.WriteHeader(*readyStatus)
	})
	server := http.Server{Addr: *listen}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	drained := make(chan struct{})
	go func() {
		for range signals {
			fmt.Println("asked to end")
			if !*ignoreTerm {
				server.Shutdown(context.Background())
				close(drained)
				return
			}
		}
	}()
	fmt.Println("listening on", *listen)
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		fmt.Println(err)
		os.Exit(1)
	}
	// What is being answered is answered.
	<-drained
}
