package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// TestClefFlood: 2,000 connections of one caller, each with requests that need approval.
// As many wait as one caller may have waiting, and whoever else calls is served.
func TestClefFlood(t *testing.T) {
	t.Parallel()
	const connections = 2000
	u := clefPlace(t, true).puppet()
	friend := u.pair("a friend")
	before := u.residentKiB()
	var mu sync.Mutex
	said := map[string]int{}
	var flood sync.WaitGroup
	var open []net.Conn
	var answered atomic.Int64
	for i := range connections {
		c := u.dial("http")
		open = append(open, c)
		flood.Go(func() {
			in := bufio.NewReader(c)
			for range 3 {
				if _, err := io.WriteString(c, postText(callText("account_signTransaction", pay(i, 1)))); err != nil {
					return
				}
				resp, err := http.ReadResponse(in, nil)
				if err != nil {
					return
				}
				text, err := io.ReadAll(resp.Body)
				if err != nil {
					return
				}
				answered.Add(1)
				mu.Lock()
				said[strings.TrimSpace(string(text))]++
				mu.Unlock()
			}
		})
	}
	await(t, "the flood to rise", func() bool { return len(u.asked("ui_approveTx")) >= 64 && answered.Load() > connections/2 })

	// Whoever comes another way, and whoever has proved to be somebody else, is served.
	call := callText("account_signData", "text/plain", accountA, "0x00")
	ipc := u.dial("ipc")
	if _, err := io.WriteString(ipc, call); err != nil {
		t.Fatal(err)
	}
	m := u.told("ui_approveSignData")
	u.says(m.ID, m.approval())
	if line, err := bufio.NewReader(ipc).ReadString('\n'); err != nil || !signedIn(line) {
		t.Errorf("over ipc: %q %v", line, err)
	}
	paired := u.calling("account_pairCall", friend.signs(`{"method":"account_signData","params":["text/plain","`+accountA+`","0x00"]}`))
	m = u.told("ui_approveSignData")
	u.says(m.ID, m.approval())
	if text := <-paired; !signedIn(text) {
		t.Errorf("a paired caller: %q", text)
	}
	if n := len(u.asked("ui_approveTx")); n != 64 {
		t.Errorf("the UI was asked %d times", n)
	}
	if after := u.residentKiB(); after > before+200<<10 {
		t.Errorf("%d KiB are in use, %d before", after, before)
	}
	for _, c := range open {
		_ = c.Close()
	}
	flood.Wait()
	for text := range said {
		if !strings.Contains(text, tooManyOfCaller) {
			t.Errorf("the flood got %s", text)
		}
	}
	u.ends()
}

// residentKiB is the memory that the signer uses.
func (s *signer) residentKiB() (kib int) {
	s.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(text), "VmRSS:")
	if _, err := fmt.Sscan(line, &kib); err != nil {
		s.t.Fatal(err)
	}
	return kib
}

// TestClefLargeRequests: callers that announce large requests and do not finish them take
// up no more than there is for such requests, and keep no small one out.
func TestClefLargeRequests(t *testing.T) {
	t.Parallel()
	s := attested(t, listingRules).unattended()
	s.mustList()
	before := s.residentKiB()
	var refused atomic.Int64
	var work sync.WaitGroup
	begun := strings.Repeat(" ", 4_900_000)
	for range 60 {
		c := s.dial("http")
		work.Go(func() {
			_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000000\r\n\r\n"+begun)
		})
		go func() {
			if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil && resp.StatusCode == http.StatusServiceUnavailable {
				refused.Add(1)
			}
		}()
	}
	work.Wait()
	s.mustList()
	await(t, "the others to be refused", func() bool { return refused.Load() >= 60-13 })
	if after := s.residentKiB(); after > before+300<<10 {
		t.Errorf("%d KiB are in use, %d before", after, before)
	}
	s.mustList()
	if status := s.stop(syscall.SIGKILL); status != -1 {
		t.Errorf("status %d", status)
	}
}
