package e2e

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

// goal plays the peer's command line: how it finds, starts and stops the daemon,
// and how it calls it (§14 of kmd's behaviour).
type goal struct {
	t       *testing.T
	dir     string
	started []*kmd
	handles map[string]string // by wallet id: walletHandles.json
	calls   []string
}

func newGoal(t *testing.T, dir string) *goal {
	return &goal{t: t, dir: dir, handles: map[string]string{}}
}

func (g *goal) file(name string) string {
	b, _ := os.ReadFile(filepath.Join(g.dir, name))
	line, _, _ := strings.Cut(string(b), "\n")
	return line
}

// running is the process in kmd.pid, if it exists.
func (g *goal) running() (pid int, ok bool) {
	pid, err := strconv.Atoi(g.file("kmd.pid"))
	return pid, err == nil && syscall.Kill(pid, 0) == nil
}

// ensure is what goal does before every request: it starts the daemon where none
// runs, and waits until it answers.
func (g *goal) ensure() {
	g.t.Helper()
	if _, ok := g.running(); ok {
		return
	}
	if err := os.Remove(filepath.Join(g.dir, "kmd.pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		g.t.Fatal(err)
	}
	if info, err := os.Stat(g.dir); err != nil || info.Mode().Perm()&0o077 != 0 {
		g.t.Fatalf("kmd data dir not secure: %v", err)
	}
	k := launch(g.t, g.dir, nil, "-t", "180")
	g.started = append(g.started, k)
	await(g.t, "kmd to answer goal", func() bool {
		select {
		case <-k.ended:
			if status := k.exit(); status != 4 { // 4: another one is starting
				g.t.Fatalf("kmd exited before we could contact it: %d %s", status, k.log())
			}
		default:
		}
		token, address := g.file("kmd.token"), g.file("kmd.net")
		if len(token) < 64 || len(token) > 256 || address == "" {
			return false
		}
		resp, err := http.Get("http://" + address + "/versions")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// call sends a request as goal does: a body with every method, no content type,
// empty fields left out. The answer must have the listed fields and no others.
func (g *goal) call(method, path string, body object, fields ...string) (object, error) {
	g.t.Helper()
	g.ensure()
	g.calls = append(g.calls, strings.TrimPrefix(method+" "+strings.TrimPrefix(path, "/v1/"), "POST "))
	encoded, err := json.Marshal(body)
	if err != nil {
		g.t.Fatal(err)
	}
	req, err := http.NewRequest(method, "http://"+g.file("kmd.net")+path, bytes.NewReader(encoded))
	if err != nil {
		g.t.Fatal(err)
	}
	req.Header.Set("X-KMD-API-Token", g.file("kmd.token"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer object
	if err := json.UnmarshalRead(resp.Body, &answer); err != nil {
		g.t.Fatal(err)
	}
	if answer["error"] == true {
		return nil, errors.New(answer["message"].(string))
	}
	for name := range answer {
		if !slices.Contains(fields, name) {
			g.t.Errorf("%s: goal does not know the field %q", path, name)
		}
	}
	return answer, nil
}

func (g *goal) must(method, path string, body object, fields ...string) object {
	g.t.Helper()
	answer, err := g.call(method, path, body, fields...)
	if err != nil {
		g.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer
}

// find gives the id of a wallet by its name.
func (g *goal) find(name string) string {
	g.t.Helper()
	list, _ := g.must("GET", "/v1/wallets", object{}, "wallets")["wallets"].([]any)
	for _, w := range list {
		if w := w.(map[string]any); w["name"] == name {
			return w["id"].(string)
		}
	}
	g.t.Fatalf("no wallet %q", name)
	return ""
}

// open is how a command gets a handle: the cached one, else a blank password,
// else the user's.
func (g *goal) open(name, typed string) (id, handle string) {
	g.t.Helper()
	id = g.find(name)
	if handle = g.handles[id]; handle != "" {
		if _, err := g.call("POST", "/v1/wallet/renew", object{"wallet_handle_token": handle}, "wallet_handle"); err == nil {
			return id, handle
		}
	}
	answer, err := g.call("POST", "/v1/wallet/init", object{"wallet_id": id}, "wallet_handle_token")
	if err != nil {
		answer = g.must("POST", "/v1/wallet/init", object{"wallet_id": id, "wallet_password": typed}, "wallet_handle_token")
	}
	g.handles[id] = answer["wallet_handle_token"].(string)
	return id, g.handles[id]
}

// probe asks whether the wallet has a password, and gives the one to use.
func (g *goal) probe(id, typed string) string {
	g.t.Helper()
	answer, err := g.call("POST", "/v1/wallet/init", object{"wallet_id": id}, "wallet_handle_token")
	if err != nil {
		return typed
	}
	g.must("POST", "/v1/wallet/release", answer)
	return ""
}

// signed opens, probes, and gives what a call that needs a password begins with.
func (g *goal) signed(name, typed string, more object) object {
	g.t.Helper()
	id, handle := g.open(name, typed)
	more["wallet_handle_token"] = handle
	if password := g.probe(id, typed); password != "" {
		more["wallet_password"] = password
	}
	return more
}

// took checks the calls since the last time.
func (g *goal) took(command string, want ...string) {
	g.t.Helper()
	if diff := cmp.Diff(want, g.calls); diff != "" {
		g.t.Errorf("calls of %s: want (-), got (+):\n%s", command, diff)
	}
	g.calls = nil
}

// TestGoalCommands plays goal's commands in sequence, on a wallet with a password
// and one without. The first starts the daemon.
func TestGoalCommands(t *testing.T) {
	t.Parallel()
	for name, typed := range map[string]string{"protected": "open sesame", "unencrypted": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			playCommands(t, newGoal(t, newDir(t, "main")), typed)
		})
	}
}

func playCommands(t *testing.T, g *goal, typed string) {
	const name = "w"
	opened, probed := []string{"GET wallets", "wallet/renew"}, []string{"wallet/init", "wallet/release"}
	first := []string{"GET wallets", "wallet/init"}
	if typed != "" {
		first, probed = append(first, "wallet/init"), []string{"wallet/init"}
	}
	command := func(parts ...any) (calls []string) {
		for _, p := range parts {
			switch p := p.(type) {
			case string:
				calls = append(calls, p)
			case []string:
				calls = append(calls, p...)
			}
		}
		return calls
	}

	g.must("GET", "/v1/wallets", object{}, "wallets")
	g.took("wallet list", "GET wallets")
	create := object{"wallet_name": name, "wallet_driver_name": "sqlite", "master_derivation_key": make([]byte, 32)}
	if typed != "" {
		create["wallet_password"] = typed
	}
	made := g.must("POST", "/v1/wallet", create, "wallet")["wallet"].(map[string]any)
	answer := g.must("POST", "/v1/wallet/init", object{"wallet_id": made["id"], "wallet_password": typed}, "wallet_handle_token")
	g.must("POST", "/v1/master-key/export", object{"wallet_handle_token": answer["wallet_handle_token"], "wallet_password": typed}, "master_derivation_key")
	g.must("POST", "/v1/wallet/release", answer)
	g.must("GET", "/v1/wallets", object{}, "wallets")
	g.took("wallet new", "wallet", "wallet/init", "master-key/export", "wallet/release", "GET wallets")

	_, handle := g.open(name, typed)
	key := g.must("POST", "/v1/key", object{"wallet_handle_token": handle}, "address")["address"].(string)
	g.took("account new", command(first, "key")...)

	seed := bytes.Repeat([]byte{9}, 32)
	_, handle = g.open(name, typed)
	imported := g.must("POST", "/v1/key/import", object{"wallet_handle_token": handle, "private_key": append(seed, make([]byte, 32)...)}, "address")["address"]
	g.took("account import", command(opened, "key/import")...)
	if imported != addressOfSeed(seed) {
		t.Errorf("imported %v", imported)
	}
	if _, err := g.call("POST", "/v1/key/import", object{"wallet_handle_token": handle, "private_key": append(seed, make([]byte, 32)...)}); err == nil || !strings.Contains(err.Error(), "key already exists") {
		t.Errorf("importing twice: %v", err)
	}
	g.calls = nil

	_, handle = g.open(name, typed)
	msig := g.must("POST", "/v1/multisig/import", object{
		"wallet_handle_token": handle, "multisig_version": 1, "threshold": 1, "pks": [][]byte{rawAddress(t, key), rawAddress(t, imported.(string))},
	}, "address")["address"].(string)
	g.took("account multisig new", command(opened, "multisig/import")...)

	_, handle = g.open(name, typed)
	g.must("POST", "/v1/key/list", object{"wallet_handle_token": handle}, "addresses")
	g.must("POST", "/v1/multisig/list", object{"wallet_handle_token": handle}, "addresses")
	g.must("POST", "/v1/multisig/export", object{"wallet_handle_token": handle, "address": msig}, "multisig_version", "threshold", "pks")
	g.took("account list", command(opened, "key/list", "multisig/list", "multisig/export")...)

	for _, c := range []struct {
		command, method, path string
		body                  object
		fields                []string
	}{
		{"account export", "POST", "/v1/key/export", object{"address": key}, []string{"private_key"}},
		{"clerk sign", "POST", "/v1/transaction/sign", object{"transaction": payment(t, key)}, []string{"signed_transaction"}},
		{"clerk sign -S", "POST", "/v1/transaction/sign", object{"transaction": payment(t, msig), "public_key": rawAddress(t, key)}, []string{"signed_transaction"}},
		{"clerk multisig sign", "POST", "/v1/multisig/sign", object{
			"transaction": payment(t, msig), "public_key": rawAddress(t, key), "partial_multisig": object{
				"v": 1, "thr": 1, "subsig": []object{{"pk": rawAddress(t, key)}, {"pk": rawAddress(t, imported.(string))}},
			},
		}, []string{"multisig"}},
		{"clerk multisig sign --no-sig", "POST", "/v1/multisig/export", object{"address": msig}, []string{"multisig_version", "threshold", "pks"}},
		{"clerk multisig signprogram", "POST", "/v1/multisig/signprogram", object{
			"address": msig, "data": []byte{1, 0x20, 1, 1, 0x22}, "public_key": rawAddress(t, key), "partial_multisig": object{
				"v": 1, "thr": 1, "subsig": []object{{"pk": rawAddress(t, key)}, {"pk": rawAddress(t, imported.(string))}},
			},
		}, []string{"multisig"}},
		{"clerk compile -s", "POST", "/v1/program/sign", object{"address": key, "data": []byte{1, 0x20, 1, 1, 0x22}}, []string{"sig"}},
		{"account multisig delete", "DELETE", "/v1/multisig", object{"address": msig}, nil},
		{"account delete", "DELETE", "/v1/key", object{"address": key}, nil},
	} {
		body := g.signed(name, typed, c.body)
		if c.path == "/v1/multisig/export" {
			delete(body, "wallet_password") // which has no such field
		}
		answer := g.must(c.method, c.path, body, c.fields...)
		if len(answer) != len(c.fields) {
			t.Errorf("%s: answer %v, want the fields %v", c.command, answer, c.fields)
		}
		g.took(c.command, command(opened, probed, strings.TrimPrefix(c.method+" "+strings.TrimPrefix(c.path, "/v1/"), "POST "))...)
	}

	id := g.find(name)
	rename := object{"wallet_id": id, "wallet_name": "renamed"}
	if password := g.probe(id, typed); password != "" {
		rename["wallet_password"] = password
	}
	g.must("POST", "/v1/wallet/rename", rename, "wallet")
	g.took("wallet rename", command("GET wallets", probed, "wallet/rename")...)
	g.find("renamed")

	// A handle of a daemon that is gone is replaced without anybody noticing.
	g.started[0].kill()
	g.calls = nil
	g.open("renamed", typed)
	g.took("a command after a restart", append([]string{"GET wallets", "wallet/renew"}, first[1:]...)...)
	if len(g.started) != 2 {
		t.Errorf("goal started %d daemons, want 2", len(g.started))
	}
}

// TestGoalStartAndStop follows the files through starts and ends.
func TestGoalStartAndStop(t *testing.T) {
	t.Parallel()
	g := newGoal(t, newDir(t, "main"))
	g.ensure()
	k := g.started[0]
	pid, ok := g.running()
	if !ok || pid != k.cmd.Process.Pid {
		t.Fatalf("kmd.pid names process %d", pid)
	}
	files := func() [2]string { return [2]string{k.read("kmd.net"), k.read("kmd.pid")} }
	before := files()
	g.ensure() // it runs already
	if len(g.started) != 1 {
		t.Error("goal started a second daemon")
	}

	second := launch(t, g.dir, nil)
	if status := second.exit(); status != 4 {
		t.Errorf("a second instance ended with status %d, want 4", status)
	}
	const held = "couldn't start kmd: failed to lock kmd.lock; is an instance of kmd already running in this data directory?"
	if !strings.Contains(k.log(), held) {
		t.Errorf("kmd.log lacks %q", held)
	}
	if files() != before {
		t.Errorf("the second instance changed kmd.net and kmd.pid: %q, before %q", files(), before)
	}
	if err := k.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	g.must("GET", "/v1/wallets", object{}, "wallets")

	// After kill -9 the files stay and the next start overwrites them.
	k.kill()
	if files() != before {
		t.Errorf("after kill -9: %q", files())
	}
	g.ensure()
	k = g.started[1]
	if k.read("kmd.pid") != strconv.Itoa(k.cmd.Process.Pid) {
		t.Errorf("kmd.pid was not overwritten: %s", k.read("kmd.pid"))
	}
	// goal kmd stop
	if err := syscall.Kill(k.cmd.Process.Pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := k.exit(); status != 0 {
		t.Errorf("status %d after SIGTERM", status)
	}
	if left := files(); left != [2]string{} {
		t.Errorf("files left behind: %q", left)
	}
	// A pid file without a process behind it, and one without a number.
	for _, stale := range []string{"4194300", "no number"} {
		if err := os.WriteFile(filepath.Join(g.dir, "kmd.pid"), []byte(stale), 0o640); err != nil {
			t.Fatal(err)
		}
		g.ensure()
		g.started[len(g.started)-1].stop()
	}
	// SIGINT ends it as well.
	g.ensure()
	k = g.started[len(g.started)-1]
	k.signal(syscall.SIGINT)
	if status := k.exit(); status != 0 || files() != [2]string{} {
		t.Errorf("after SIGINT: status %d, files %q", status, files())
	}
}
