// Probe is the platform's own health check, for images that have neither shell nor wget: one static program that
// Docker, ECS and Kubernetes mount into a container at /probe/probe.
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// version is written by the linker.
var version = "unknown"

const usage = `usage:
  probe http URL SECONDS        succeeds on a status from 200 to 399; redirects are not followed
  probe tcp HOST:PORT SECONDS   succeeds when the port takes a connection
  probe install FOLDER          copies this program into the folder
  probe --version`

var errUsage = errors.New(usage)

// Exit codes: 0 healthy, 1 not healthy (one line on stderr says why), 2 wrong words.
func main() {
	err := run(os.Args[1:])
	switch {
	case err == nil:
		return
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func run(words []string) error {
	switch {
	case len(words) == 3 && (words[0] == "http" || words[0] == "tcp"):
		seconds, err := strconv.Atoi(words[2])
		if err != nil || seconds < 1 {
			return fmt.Errorf("%q is not a whole number of seconds, at least 1\n%w", words[2], errUsage)
		}
		timeout := time.Duration(seconds) * time.Second
		if words[0] == "http" {
			return askHTTP(words[1], timeout)
		}
		return askTCP(words[1], timeout)
	case len(words) == 2 && words[0] == "install":
		return install(words[1])
	case len(words) == 1 && words[0] == "--version":
		fmt.Println("probe version", version)
		return nil
	default:
		return errUsage
	}
}

// askHTTP takes the same answers for healthy as Kubernetes does. The timeout is for the whole answer.
func askHTTP(url string, timeout time.Duration) error {
	client := http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode < 200 || answer.StatusCode > 399 {
		return fmt.Errorf("%s answers %s", url, answer.Status)
	}
	return nil
}

func askTCP(address string, timeout time.Duration) error {
	connection, err := net.DialTimeout("tcp", address, timeout)
	if err != nil {
		return err
	}
	return connection.Close()
}

// install is complete or nothing: the file gets its name when it is whole.
func install(folder string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	source, err := os.Open(self)
	if err != nil {
		return err
	}
	defer source.Close()
	copied, err := os.CreateTemp(folder, ".probe-")
	if err != nil {
		return err
	}
	defer os.Remove(copied.Name())
	if _, err := io.Copy(copied, source); err != nil {
		return err
	}
	if err := errors.Join(copied.Chmod(0o755), copied.Close()); err != nil {
		return err
	}
	return os.Rename(copied.Name(), filepath.Join(folder, "probe"))
}
