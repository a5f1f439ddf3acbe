package e2e

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// accountA is the first account of the fixture, whose password the vault has.
const accountA = "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"

// socket is the path of the signer's IPC socket.
func (s *signer) socket() string { return filepath.Join(s.names["${CONFIG}"], "clef.ipc") }

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// TestClefEndsInOrder: SIGINT and SIGTERM remove the socket, give up what waits for an
// answer, and end with status 0 and the peer's log lines.
func TestClefEndsInOrder(t *testing.T) {
	for _, with := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(with.String(), func(t *testing.T) {
			t.Parallel()
			s := clefPlace(t, false).start("--auditlog", "${DIR}/audit.log")
			s.awaitServing(&s.stdout)
			info, err := os.Stat(s.socket())
			if err != nil || info.Mode() != os.ModeSocket|0o600 {
				t.Fatalf("the socket: %v %v", info, err)
			}
			waiting := make(chan string, 1)
			go func() {
				_, failure := s.call("account_list")
				waiting <- failure
			}()
			s.awaitOutput(&s.stdout, 0, "Approve? [y/N]:")
			start := s.stdout.size()
			if status := s.stop(with); status != 0 {
				t.Errorf("status %d", status)
			}
			if failure := <-waiting; failure != "the daemon stops" {
				t.Errorf("the request that waited got %q", failure)
			}
			if exists(s.socket()) {
				t.Error("the socket is left")
			}
			log := s.mask(s.stdout.from(start))
			for _, line := range []string{
				"Exiting...                               signal=" + with.String() + "\n",
				"IPC endpoint closed                      url=${CONFIG}/clef.ipc\n",
				"HTTP endpoint closed                     url=http://127.0.0.1:${PORT}/\n",
			} {
				if !strings.Contains(log, "INFO [MM-DD|HH:MM:SS.mmm] "+line) {
					t.Errorf("the log does not have %q: %s", line, log)
				}
			}
			audit, err := os.ReadFile(filepath.Join(s.dir, "audit.log"))
			if err != nil || strings.Count(string(audit), "\n") != 3 {
				t.Errorf("audit log: %v\n%s", err, audit)
			}
		})
	}
}

// TestClefSecondSignal: whoever does not want to wait for requests under way says it twice.
func TestClefSecondSignal(t *testing.T) {
	t.Parallel()
	s := clefPlace(t, false).start()
	s.awaitServing(&s.stdout)
	c, err := net.Dial("tcp", "127.0.0.1:"+s.port)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.awaitOutput(&s.stdout, 0, "Exiting...")
	await(t, "the socket to be removed", func() bool { return !exists(s.socket()) })
	if status := s.stop(syscall.SIGTERM); status != -1 {
		t.Errorf("status %d, want the signal's", status)
	}
}

// TestClefMasterPasswordFromPipe is the habit of field scripts: echo PASSWORD | clef. The
// input ends at once; the signer lives on, rules decide without anybody, and what nobody
// can decide is denied.
func TestClefMasterPasswordFromPipe(t *testing.T) {
	t.Parallel()
	s := clefPlace(t, true).start("--rules", "${RULES}")
	s.types("master-password-1")
	_ = s.stdin.Close()
	s.awaitServing(&s.stdout)
	s.awaitOutput(&s.stdout, 0, "Rule engine configured                   file=")
	if _, failure := s.call("account_list"); failure != "" {
		t.Errorf("a listing that rules approve: %q", failure)
	}
	for range 3 {
		if _, failure := s.call("account_new"); failure != "request denied" {
			t.Errorf("what nobody can decide: %q", failure)
		}
	}
	if result, failure := s.call("account_version"); string(result) != `"6.1.0"` {
		t.Errorf("afterwards: %s %q", result, failure)
	}
	if status := s.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("status %d", status)
	}
}

// TestClefRefusesToStart: what the peer passes over in silence stops the start, with
// status 1 and a reason on both streams.
func TestClefRefusesToStart(t *testing.T) {
	for name, c := range map[string]struct {
		seed     bool
		password string
		flags    []string
		reason   string
	}{
		"wrong master password": {true, "wrong\n", nil, "failed to decrypt the master seed of clef\nthe password came from the console"},
		"no master password":    {true, "", nil, "no master password came: the input has ended\nname a file whose first line it is: --password-file FILE"},
		"rules without a seed":  {false, "", []string{"--rules", "${RULES}"}, "no such file or directory\nmake a master seed: clef --configdir "},
		"rules not attested":    {true, "master-password-1\n", []string{"--rules", "${FIXTURE}/README.md"}, "is not attested: its hash is "},
		"no rule file":          {true, "master-password-1\n", []string{"--rules", "${DIR}/none.js"}, "could not load rules: open "},
		"password file missing": {true, "", []string{"--password-file", "${DIR}/none"}, "does not exist"},
		"audit log":             {false, "", []string{"--auditlog", "${DIR}"}, "the audit log can not be opened"},
		"http port in use":      {false, "", []string{"--http.port", "${BUSY}"}, "is in use"},
		"socket is a file":      {false, "", []string{"--ipcpath", "${DIR}/taken"}, "is not a socket"},
		"malformed signatures":  {false, "", []string{"--4bytedb-custom", "${DIR}/bad.json"}, "bad.json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := clefPlace(t, c.seed)
			busy, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer busy.Close()
			_, p.names["${BUSY}"], _ = net.SplitHostPort(busy.Addr().String())
			if err := errors.Join(os.Mkdir(filepath.Join(p.dir, "taken"), 0o700),
				os.WriteFile(filepath.Join(p.dir, "taken", "clef.ipc"), nil, 0o600),
				os.WriteFile(filepath.Join(p.dir, "bad.json"), []byte("{"), 0o600)); err != nil {
				t.Fatal(err)
			}
			stdout, stderr, status := p.run(c.password, append(p.clefFlags("0"), c.flags...)...)
			if status != 1 || !strings.Contains(stdout, "Fatal: ") || !strings.Contains(stdout, c.reason) ||
				!strings.Contains(stderr, "Fatal: ") || !strings.Contains(stderr, c.reason) {
				t.Errorf("status %d\nstandard output: %s\nstandard error: %s", status, stdout, stderr)
			}
		})
	}
}

// TestClefPasswordFile starts without anybody at the console.
func TestClefPasswordFile(t *testing.T) {
	for name, c := range map[string]struct {
		variable string
		flags    []string
	}{
		"option":     {"", []string{"--password-file", "${DIR}/secrets/clef-master-password"}},
		"credential": {"CREDENTIALS_DIRECTORY=${DIR}/secrets", nil},
		"variable":   {"CLEF_PASSWORD_FILE=${DIR}/secrets/clef-master-password", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := clefPlace(t, true)
			if err := errors.Join(os.Mkdir(filepath.Join(p.dir, "secrets"), 0o700),
				os.WriteFile(filepath.Join(p.dir, "secrets", "clef-master-password"), []byte("master-password-1\n"), 0o444)); err != nil {
				t.Fatal(err)
			}
			p.environment = []string{p.expand(c.variable)}
			s := p.start(append(c.flags, "--rules", "${RULES}")...)
			s.awaitServing(&s.stdout)
			if strings.Contains(s.stdout.from(0), "Master Password") {
				t.Error("it asked all the same")
			}
			if !strings.Contains(s.stdout.from(0), "The password file is open to other users") {
				t.Error("nobody is told that others can read the file")
			}
			if _, failure := s.call("account_list"); failure != "" {
				t.Errorf("a listing that rules approve: %q", failure)
			}
		})
	}
}

// nextMessage is what the signer writes to its UI program next.
func (s *signer) nextMessage(in *bufio.Reader) map[string]jsontext.Value {
	s.t.Helper()
	line, err := in.ReadBytes('\n')
	if err != nil {
		s.t.Fatalf("%q %v: %s", line, err, s.stderr.from(0))
	}
	var m map[string]jsontext.Value
	if err := json.Unmarshal(line, &m); err != nil {
		s.t.Fatalf("%q: %v", line, err)
	}
	return m
}

// TestClefScriptedUI is the script that answers the first message with id 1, without
// looking at it, and nothing afterwards. Nothing but messages is on standard output.
func TestClefScriptedUI(t *testing.T) {
	t.Parallel()
	p := clefPlace(t, true)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := p.startTo(w, "--stdio-ui", "--rules", "${RULES}")
	_ = w.Close()
	in := bufio.NewReader(r)
	first := s.nextMessage(in)
	if string(first["id"]) != "1" || string(first["method"]) != `"ui_onInputRequired"` || !strings.Contains(string(first["params"]), "enter the password") {
		t.Errorf("the first message is %v", first)
	}
	s.types(`{"jsonrpc":"2.0","id":1,"result":{"text":"master-password-1"}}`)
	started := s.nextMessage(in)
	var params []struct {
		Info map[string]string `json:"info"`
	}
	if err := json.Unmarshal(started["params"], &params); err != nil || string(started["method"]) != `"ui_onSignerStartup"` ||
		len(params) != 1 || len(params[0].Info) != 4 || params[0].Info["extapi_ipc"] != s.socket() {
		t.Errorf("the start: %v %v", started, err)
	}
	_ = s.stdin.Close() // the script ends
	s.awaitOutput(&s.stderr, 0, "The UI is gone")
	if _, failure := s.call("account_list"); failure != "" {
		t.Errorf("a listing that rules approve: %q", failure)
	}
	if _, failure := s.call("account_new"); failure != "request denied" {
		t.Errorf("what needs the UI: %q", failure)
	}
	if status := s.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("status %d: %s", status, s.stderr.from(0))
	}
}

// TestClefUITest: --stdio-ui-test begins with the recorded messages and numbers, and ends
// with the signer.
func TestClefUITest(t *testing.T) {
	t.Parallel()
	p := clefPlace(t, false)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := p.startTo(w, "--stdio-ui", "--stdio-ui-test")
	_ = w.Close()
	in := bufio.NewReader(r)
	for _, want := range []string{
		`"ui_onSignerStartup" null `,
		`"ui_showInfo" null [{"text":"If you see this message, enter 'yes' to next question"}]`,
		`"ui_onInputRequired" 3 [{"title":"Testing","prompt":"Did you see the message? [yes/no]","isPassword":false}]`,
	} {
		m := s.nextMessage(in)
		if got := fmt.Sprintf("%s %s %s", m["method"], m["id"], m["params"]); !strings.HasPrefix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if status := s.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("status %d: %s", status, s.stderr.from(0))
	}
}

// TestClefCommandsBesideTheSigner: the sub-commands work while the signer runs on the same
// directory, and what they change counts at once. The signer's other key store is not
// theirs to use.
func TestClefCommandsBesideTheSigner(t *testing.T) {
	t.Parallel()
	p := clefPlace(t, true)
	s := p.start()
	s.types("master-password-1")
	s.awaitServing(&s.stdout)
	own := []string{"--suppress-bootwarn", "--lightkdf", "--configdir", "${CONFIG}", "--keystore", "${KEYSTORE}"}
	run := func(stdin string, args ...string) (string, string, int) {
		return p.run(stdin, append(append([]string{}, own...), args...)...)
	}

	stdout, stderr, status := run("a-long-password\n", "newaccount")
	if status != 0 || !strings.Contains(stdout, "Generated account 0x") {
		t.Fatalf("newaccount: %d %s%s", status, stdout, stderr)
	}
	made := stdout[strings.LastIndex(stdout, "0x"):][:42]
	if stdout, _, _ := run("", "list-accounts"); strings.Count(stdout, "keystore://") != 4 || !strings.Contains(stdout, made) {
		t.Errorf("list-accounts: %s", stdout)
	}
	if stdout, stderr, status := run("a-long-password\na-long-password\nmaster-password-1\n", "setpw", made); status != 0 {
		t.Fatalf("setpw: %d %s%s", status, stdout, stderr)
	}
	// The password that was just stored serves: only the approval is asked for.
	s.types("y")
	if result, failure := s.call("account_signData", "text/plain", made, "0x68656c6c6f"); failure != "" || len(result) != 134 {
		t.Errorf("a signature with the new account: %s %q", result, failure)
	}
	if _, stderr, status := run("wrong\n", "attest", "abc"); status != 1 || !strings.Contains(stderr, "failed to decrypt the master seed of clef") {
		t.Errorf("attest with a wrong password: %d %s", status, stderr)
	}
	if _, stderr, status := run("master-password-1\n", "attest", "abc"); status != 0 {
		t.Errorf("attest: %d %s", status, stderr)
	}
	_, stderr, status = p.run("", "--suppress-bootwarn", "--configdir", "${CONFIG}", "--keystore", "${DIR}/other", "list-accounts")
	if status != 1 || !strings.Contains(stderr, "uses another key store") {
		t.Errorf("another key store: %d %s", status, stderr)
	}
	if status := s.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("status %d", status)
	}
}

// TestClefOnceForADirectory: a second signer on the same directory does not start.
func TestClefOnceForADirectory(t *testing.T) {
	t.Parallel()
	p := clefPlace(t, false)
	s := p.start()
	s.awaitServing(&s.stdout)
	_, stderr, status := p.run("", append(p.clefFlags("0"), "--ipcpath", "${DIR}/elsewhere")...)
	if status != 1 || !strings.Contains(stderr, "another strongroom runs on the data directory") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// TestClefAttestAndServe goes the way of somebody who begins: init, setpw, attest, and a
// signer that signs by its rules without anybody.
func TestClefAttestAndServe(t *testing.T) {
	t.Parallel()
	p := clefPlace(t, false)
	rules := []byte("function ApproveListing(r) { return 'Approve' }\nfunction ApproveSignData(r) { return 'Approve' }\n")
	if err := os.WriteFile(p.names["${RULES}"], rules, 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(rules)
	for _, step := range []struct {
		stdin string
		args  []string
	}{
		{"long-enough-1\nlong-enough-1\n", []string{"init"}},
		{"golden-password-1\ngolden-password-1\nlong-enough-1\n", []string{"setpw", accountA}},
		{"long-enough-1\n", []string{"attest", hex.EncodeToString(sum[:])}},
	} {
		if stdout, stderr, status := p.run(step.stdin, append([]string{"--stdio-ui", "--lightkdf", "--configdir", "${CONFIG}"}, step.args...)...); status != 0 {
			t.Fatalf("%v: %d %s%s", step.args, status, stdout, stderr)
		}
	}
	s := p.start("--rules", "${RULES}")
	s.types("long-enough-1")
	_ = s.stdin.Close()
	s.awaitServing(&s.stdout)
	for i := range 3 {
		if result, failure := s.call("account_signData", "text/plain", accountA, fmt.Sprintf("0x%064x", i)); failure != "" || len(result) != 134 {
			t.Errorf("signature %d: %s %q", i, result, failure)
		}
	}
	// The state is ours alone.
	info, err := os.Stat(filepath.Join(p.names["${CONFIG}"], ".strongroom"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the state directory: %v %v", info, err)
	}
}
