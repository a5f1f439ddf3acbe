package e2e

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// seat is clef at a terminal, and the person before it: one who looks first and types
// then, as expect does.
type seat struct {
	*signer
	keys *os.File      // what is typed goes here, and what shows comes from here
	dark chan struct{} // closed when the screen has shown everything
}

// sit starts clef at a terminal of its own.
func (p *place) sit(args ...string) *seat {
	p.t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	var number int
	raw, err := keys.SyscallConn()
	if err != nil {
		p.t.Fatal(err)
	}
	if cerr := raw.Control(func(fd uintptr) {
		err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0)
		if err == nil {
			number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	}); cerr != nil || err != nil {
		p.t.Fatal(errors.Join(cerr, err))
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	defer tty.Close()
	s := &seat{signer: &signer{place: p, ended: make(chan struct{})}, keys: keys, dark: make(chan struct{})}
	for i := range args {
		args[i] = p.expand(args[i])
	}
	s.cmd = p.command(args...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = tty, tty, tty
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() { _ = s.cmd.Wait(); close(s.ended) }()
	go func() { _, _ = io.Copy(&s.stdout, keys); close(s.dark) }() // until nobody has the terminal any more
	p.t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.ended
		<-s.dark
		_ = keys.Close()
	})
	return s
}

// exit waits for the end of the program and of what it shows.
func (s *seat) exit() int {
	s.t.Helper()
	status := s.signer.exit()
	<-s.dark
	return status
}

// answers waits for a prompt behind what was seen at the last one, and types.
func (s *seat) answers(prompt, keys string) {
	s.t.Helper()
	s.awaitOutput(&s.stdout, s.seen, prompt)
	s.seen = s.stdout.size()
	if _, err := io.WriteString(s.keys, keys); err != nil {
		s.t.Fatal(err)
	}
}

// TestClefCommandsAtATerminal is what expect scripts do: they look for ">", "Password: "
// and "Repeat password: ". Passwords do not show.
func TestClefCommandsAtATerminal(t *testing.T) {
	t.Parallel()
	p := clefPlace(t, false)
	s := p.sit("--lightkdf", "--configdir", "${CONFIG}", "init")
	s.answers(">", "ok\r")
	s.answers("Password: ", "long-enougj\x7fh-1\r")
	s.answers("Repeat password: ", "long-enough-1\r")
	if status := s.exit(); status != 0 {
		t.Errorf("init: %d %s", status, s.stdout.from(0))
	}
	s.showsNot("long-enoug", "Unsupported terminal")

	s = p.sit("--suppress-bootwarn", "--configdir", "${CONFIG}", "attest", "abc")
	s.answers("Password: ", "\x03")
	if status := s.exit(); status != 1 || strings.Count(s.stdout.from(0), "Fatal: Failed to read password: prompt aborted") != 1 {
		t.Errorf("attest, interrupted: %d %s", status, s.stdout.from(0))
	}

	s = p.sit("--suppress-bootwarn", "--lightkdf", "--keystore", "${DIR}/new", "newaccount")
	s.answers("attempt 0 of 3", "short\r")
	s.answers("attempt 1 of 3", "a-long-password\r")
	if status := s.exit(); status != 0 || !strings.Contains(s.stdout.from(0), "Generated account 0x") {
		t.Errorf("newaccount: %d %s", status, s.stdout.from(0))
	}
	s.showsNot("a-long", "Unsupported terminal")
}

// showsNot expects that texts were never on the screen.
func (s *seat) showsNot(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if strings.Contains(s.stdout.from(0), text) {
			s.t.Errorf("%q shows: %s", text, s.stdout.from(0))
		}
	}
}

// withoutStored is an account of the fixture whose password the vault does not have.
const withoutStored = "0x081B48A50679FC4Dfbe1dB8e56307F0aeDd7b84a"

// TestClefAtATerminal is a session of a signer: the notice, the master password, an
// approval with the account's password, a denial, and Ctrl-C.
func TestClefAtATerminal(t *testing.T) {
	t.Parallel()
	p := clefPlace(t, true)
	_, port, _ := strings.Cut(freeAddress(t), ":")
	s := p.sit(p.clefFlags(port)[1:]...)
	s.port = port
	s.answers("Enter 'ok' to proceed:", "ok\r")
	s.answers("Please enter the password to decrypt the master seed\r\n> ", "master-password-1\r")
	s.awaitServing(&s.stdout)
	s.seen = s.stdout.size()

	signed := make(chan string, 1)
	go func() {
		result, failure := s.call("account_signData", "text/plain", withoutStored, "0x68656c6c6f")
		signed <- string(result) + failure
	}()
	s.answers("Approve? [y/N]:", "y\r")
	s.answers("Please enter password for signing data with account "+withoutStored, "golden-password-3\r")
	if result := <-signed; len(result) != 134 {
		t.Errorf("a signature: %q", result)
	}
	go func() {
		_, failure := s.call("account_list")
		signed <- failure
	}()
	s.answers("Approve? [y/N]:", "\rY\r")
	if failure := <-signed; failure != "request denied" {
		t.Errorf("an answer that is not y: %q", failure)
	}
	s.showsNot("master-password", "golden-password-3", "Unsupported terminal")
	if _, err := io.WriteString(s.keys, "\x03"); err != nil {
		t.Fatal(err)
	}
	if status := s.exit(); status != 0 || !strings.Contains(s.stdout.from(0), "Exiting...") {
		t.Errorf("Ctrl-C: %d %s", status, s.stdout.from(s.seen))
	}
}
