package cli_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"strongroom/internal/api/rest"
	"strongroom/internal/server"
)

// office is a daemon whose rules want payments approved, with an open wallet.
type office struct {
	t   *testing.T
	dir string
	pay string // file of a payment
}

func newOffice(t *testing.T) *office {
	t.Helper()
	script, err := txtar.ParseFile("testdata/script/approval.txtar")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, dir: t.TempDir() + "/data"}
	files := map[string]string{}
	for _, f := range script.Files {
		data := f.Data
		if f.Name == "payment" {
			if data, err = base64.StdEncoding.DecodeString(strings.TrimSpace(string(f.Data))); err != nil {
				t.Fatal(err)
			}
		}
		files[f.Name] = filepath.Join(t.TempDir(), f.Name)
		if err := os.WriteFile(files[f.Name], data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.pay = files["payment"]
	o.run("init")
	if err := os.Rename(files["rules"], o.dir+"/strongroom.toml"); err != nil {
		t.Fatal(err)
	}
	o.run("wallet", "create", "w", "--password-file", files["pw"])
	o.run("key", "import", "w", "--password-file", files["pw"], "--key-file", files["seed"])
	d := exec.Command("strongroom", "run", "--data-dir", o.dir)
	ready, err := d.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = d.Process.Signal(os.Interrupt)
		_ = d.Wait()
	})
	if _, err := ready.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, ready) }() // until Wait closes it
	o.run("wallet", "unlock", "w", "--password-file", files["pw"])
	return o
}

func (o *office) run(args ...string) {
	o.t.Helper()
	if out, err := exec.Command("strongroom", append(args, "--data-dir", o.dir)...).CombinedOutput(); err != nil {
		o.t.Fatalf("%v: %s", err, out)
	}
}

// sign asks for a signature of the payment, and tells how that went.
func (o *office) sign() <-chan string {
	said := make(chan string, 1)
	go func() {
		out, err := exec.Command("strongroom", "sign", "--wallet", "w", "--chain", "algorand", "-o", fmt.Sprintf("%s/%d", o.t.TempDir(), time.Now().UnixNano()), o.pay, "--data-dir", o.dir).CombinedOutput()
		said <- fmt.Sprint(err, " ", string(out))
	}()
	return said
}

// waiting is what waits now, without the time.
func (o *office) waiting() int {
	o.t.Helper()
	client := rest.NewClient(func(ctx context.Context) (net.Conn, error) {
		return server.Dial(ctx, "unix:"+o.dir+"/run/admin.sock")
	})
	defer client.Close()
	all, err := client.Approvals(o.t.Context(), 0, 0)
	if err != nil {
		o.t.Fatal(err)
	}
	return len(all)
}

func TestApprovalWatch(t *testing.T) {
	o := newOffice(t)
	const prompt = "approve? [y/N] "
	var shown bytes.Buffer
	p := sitAs(t, &shown, "approval", "watch", "--data-dir", o.dir)
	for i, typed := range []string{"y\r", "YES\r", "n\r", "\r", "maybe\r"} {
		signing := o.sign()
		p.answer(prompt, typed)
		said := <-signing
		if i < 2 && !strings.Contains(said, "signed: move") || i >= 2 && !strings.Contains(said, "request denied") {
			t.Errorf("typed %q: %s", typed, said)
		}
	}
	// What was typed before the question does not answer it.
	if _, err := io.WriteString(p.ctrl, "y\ry\r"); err != nil {
		t.Fatal(err)
	}
	signing := o.sign()
	p.answer(prompt, "\r")
	if said := <-signing; !strings.Contains(said, "request denied") {
		t.Errorf("typed before: %s", said)
	}
	// Leaving answers nothing.
	signing = o.sign()
	p.answer(prompt, "\x03")
	if code := p.leave(); code != 130 {
		t.Errorf("status %d: %s", code, p.errs.String())
	}
	if n := o.waiting(); n != 1 {
		t.Errorf("%d wait", n)
	}
	o.run("stop")
	if said := <-signing; strings.Contains(said, "signed") {
		t.Errorf("after the watch: %s", said)
	}
	for text, want := range map[string]int{"approval ": 7, "wallet  w": 7, "move    0.000001": 7} {
		if n := strings.Count(shown.String(), text); n != want {
			t.Errorf("%q is shown %d times, want %d:\n%s", text, n, want, shown.String())
		}
	}
}
