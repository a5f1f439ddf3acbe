package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/go-json-experiment/json"

	"strongroom/internal/api/kiod/kiodtest"
	"strongroom/internal/chain/antelope"
	"strongroom/internal/codec/base58"
)

// exchange writes the bytes of one request on a connection of its own and reads the
// answer. network is "unix" or "tcp".
func (k *kiod) exchange(network, request string) (*http.Response, string) {
	k.t.Helper()
	address := map[string]string{"unix": k.socket(), "tcp": k.Address}[network]
	conn, err := net.Dial(network, address)
	if err != nil {
		k.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		k.t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		k.t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		k.t.Fatalf("%.200q: %v", request, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	return resp, string(body)
}

// recorded finds a recording by its name.
func recorded(t *testing.T, name string) *kiodtest.Recording {
	t.Helper()
	all := kiodtest.Read(t, kiodRecordings)
	at := slices.IndexFunc(all, func(r *kiodtest.Recording) bool { return r.Name == name })
	if at < 0 {
		t.Fatalf("there is no recording %s", name)
	}
	return all[at]
}

// TestKiodClientCommands plays what each command of cleos and clio sends, over both
// entrances, and holds the answers against what the command needs of them.
func TestKiodClientCommands(t *testing.T) {
	for _, c := range []struct {
		program string
		profile antelope.Profile
	}{{"keosd", antelope.Keosd}, {"kiod", antelope.Kiod}} {
		for _, network := range []string{"tcp", "unix"} {
			t.Run(c.program+" "+network, func(t *testing.T) {
				t.Parallel()
				playClientCommands(t, c.program, c.profile, network)
			})
		}
	}
}

func playClientCommands(t *testing.T, program string, profile antelope.Profile, network string) {
	dir := newKiodDir(t)
	copyKiodFixtures(t, dir, "alpha")
	k := runKiod(t, program, dir)
	host := k.Address
	if network == "unix" {
		host = "localhost"
	}
	send := func(want int, path, body string) string {
		t.Helper()
		resp, answer := k.exchange(network, cleosRequest(host, path, body))
		if resp.StatusCode != want || resp.Header.Get("Content-Type") != "application/json" || resp.ContentLength != int64(len(answer)) {
			t.Fatalf("%s: status %d, want %d; %v; %s", path, resp.StatusCode, want, resp.Header, answer)
		}
		return answer
	}
	is := func(want int, path, body, answer string) {
		t.Helper()
		if got := send(want, path, body); got != answer {
			t.Errorf("%s: %s, want %s", path, got, answer)
		}
	}
	text := func(quoted string) (s string) {
		t.Helper()
		if err := json.Unmarshal([]byte(quoted), &s); err != nil {
			t.Fatalf("%s: %v", quoted, err)
		}
		return s
	}
	const wallet = "/v1/wallet/"
	alpha := readKiodFixtures(t)["alpha"]
	key := keyWithSecret("imported")
	public, private := key.publicText(t, profile), key.privateText(t, antelope.Keosd) // clients write WIF

	password := text(send(201, wallet+"create", `"default"`))
	if !strings.HasPrefix(password, "PW5") || len(password) != 53 {
		t.Errorf("password of %d characters", len(password))
	}
	is(200, wallet+"lock", `"default"`, "{}")
	is(200, wallet+"open", `"default"`, "{}")
	is(200, wallet+"list_wallets", "", `["default"]`)
	is(200, wallet+"unlock", `["default","`+password+`"]`, "{}")
	is(200, wallet+"list_wallets", "", `["default *"]`)
	is(201, wallet+"import_key", `["default","`+private+`"]`, "{}")
	is(200, wallet+"get_public_keys", "", `["`+public+`"]`)
	shown := key.privateText(t, profile)
	is(200, wallet+"list_keys", `["default","`+password+`"]`, `[["`+public+`","`+shown+`"]]`)
	if program == "kiod" {
		is(200, wallet+"list_keys_by_name", `["default","`+password+`"]`,
			`[["my-key-0",{"key_name":"my-key-0","public_key":"`+public+`","private_key":"`+shown+`"}]]`)
		is(200, wallet+"set_key_name", `["default","`+password+`","mine","my-key-0"]`, "{}")
		is(201, wallet+"remove_name", `["default","`+password+`","mine"]`, "{}")
	} else {
		is(201, wallet+"remove_key", `["default","`+password+`","`+public+`"]`, "{}")
	}
	made := text(send(201, wallet+"create_key", `["default",""]`))
	is(200, wallet+"get_public_keys", "", `["`+made+`"]`)
	is(200, wallet+"lock_all", "", "{}")

	// push transaction: the wallet's keys, of which the node chooses, then the signature.
	is(200, wallet+"unlock", `["alpha","`+alpha.Password+`"]`, "{}")
	signing := recorded(t, "sign-trx-one-key")
	if keys := send(200, wallet+"get_public_keys", ""); strings.Count(keys, ",") != len(alpha.Keys)-1 {
		t.Errorf("keys of alpha: %s", keys)
	}
	is(201, wallet+"sign_transaction", signing.Request.Body, *signing.Response.BodyText)

	// A refusal is printed from its envelope.
	e, err := readEnvelope(500, []byte(send(500, wallet+"unlock", `["alpha","x"]`)))
	if err != nil || e.Error.Code != 3120007 || e.Error.What != "Already unlocked" {
		t.Errorf("%v %+v", err, e)
	}
	is(200, "/v1/"+program+"/stop", "", "{}")
	k.checkEnd()
}

// TestKiodAutoLaunch starts the daemon as a client does that finds nobody on the
// default socket: by a file of its name, from anywhere, with nothing to talk to.
func TestKiodAutoLaunch(t *testing.T) {
	for _, program := range []string{"kiod", "keosd"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			dir := newKiodDir(t)
			file := filepath.Join(newKiodDir(t), program)
			linkOrCopy(t, os.Args[0], file)
			launch := func() *kiod {
				k := &kiod{t: t, Program: program, Dir: filepath.Join(dir, "made", "here"), ended: make(chan struct{})}
				k.client.Transport = dialing("unix", k.socket())
				k.cmd = exec.Command(file, "--http-server-address", "", "--unix-socket-path", program+".sock",
					"--data-dir", k.Dir, "--config-dir", k.Dir)
				k.cmd.Env = append(os.Environ(), asDaemon+"="+byFileName)
				k.cmd.Dir = "/"
				k.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
				if err := k.cmd.Start(); err != nil { // its streams are /dev/null
					t.Fatal(err)
				}
				go func() { _ = k.cmd.Wait(); close(k.ended) }()
				t.Cleanup(func() {
					_ = k.cmd.Process.Kill()
					<-k.ended
				})
				return k
			}
			k := launch()
			began := time.Now()
			await(t, "the socket", func() bool { return k.reachable("unix", k.socket()) })
			t.Logf("listens after %v", time.Since(began))
			k.do("create", quoted("default"))

			// Two clients at once: the second daemon leaves the first alone.
			second := launch()
			if status := second.exit(); status != 255 {
				t.Errorf("the second daemon ended with %d", status)
			}
			if got := k.do("list_wallets", nil); got != `["default *"]` {
				t.Errorf("wallets after the second try: %s", got)
			}
			comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", k.cmd.Process.Pid))
			if err == nil && strings.TrimSpace(string(comm)) != program { // what pkill and pidof look at
				t.Errorf("the process is called %q", comm)
			}
			k.end(syscall.SIGTERM)
		})
	}
}

// linkOrCopy gives a program another name.
func linkOrCopy(t *testing.T, from, to string) {
	t.Helper()
	from, err := filepath.Abs(from)
	if err != nil {
		t.Fatal(err)
	}
	if os.Link(from, to) == nil {
		return
	}
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestKiodSignsForNode has a node's requests answered rightly whatever else goes on.
func TestKiodSignsForNode(t *testing.T) {
	t.Parallel()
	const (
		size      = 10_000
		importers = 8
		imports   = 25 // each
	)
	dir := newKiodDir(t)
	copyKiodFixtures(t, dir, "alpha")
	base := namedKeys("base", size)
	writeKiodFile(t, filepath.Join(dir, "big.wallet"), kiodKillPassword, base)
	k := runKiod(t, "kiod", dir)
	k.do("unlock", list("big", kiodKillPassword))
	k.do("unlock", list("alpha", readKiodFixtures(t)["alpha"].Password))
	signing := recorded(t, "sign-digest-k1-1")

	var work, background sync.WaitGroup
	var done atomic.Bool
	for i := range importers {
		work.Go(func() {
			for j := range imports {
				key := keyWithSecret(fmt.Sprint("imported ", i, " ", j))
				if err := succeeded(k.try("import_key", list("big", key.privateText(t, antelope.Kiod)))); err != nil {
					t.Errorf("import: %v", err)
				}
			}
		})
	}
	lists, signatures := 0, 0
	background.Go(func() {
		for last := size; !done.Load(); lists++ {
			status, answer, err := k.try("get_public_keys", nil)
			var keys []string
			if err == nil {
				err = json.Unmarshal(answer, &keys)
			}
			// Those of alpha come on top.
			if n := len(keys); err != nil || status != 200 || n < last || n > size+importers*imports+4 {
				t.Errorf("%d keys after %d, status %d, %v", n, last, status, err)
				return
			}
			last = len(keys)
		}
	})
	random := keyWithSecret("base-7777")
	background.Go(func() {
		for ; !done.Load(); signatures++ {
			resp, answer := k.exchange("unix", cleosRequest("localhost", signing.Request.Path, signing.Request.Body))
			if resp.StatusCode != 201 || answer != *signing.Response.BodyText {
				t.Errorf("%d %s", resp.StatusCode, answer)
				return
			}
			digest := fmt.Sprintf("%064x", signatures)
			status, text, err := k.try("sign_digest", list(digest, random.id().text(t)))
			if err := succeeded(status, text, err); err != nil {
				t.Error(err)
				return
			}
			if err := verifyK1(random, signatures, text); err != nil {
				t.Error(err)
				return
			}
		}
	})
	work.Wait()
	done.Store(true)
	background.Wait()
	t.Logf("%d lists and %d pairs of signatures beside %d imports", lists, signatures, importers*imports)
	if lists == 0 || signatures == 0 {
		t.Error("the imports kept others from being answered")
	}
	keys, err := readKiodFile(k.wallet("big"), kiodKillPassword)
	if err != nil || len(keys) != size+importers*imports {
		t.Errorf("%d keys in the file, %v", len(keys), err)
	}
	k.end(syscall.SIGTERM)
}

// verifyK1 checks the signature, a JSON string, of the digest that is a number.
func verifyK1(key fileKey, number int, answer []byte) error {
	var text string
	if err := json.Unmarshal(answer, &text); err != nil {
		return err
	}
	encoded, ok := strings.CutPrefix(text, "SIG_K1_")
	raw, err := base58.AppendDecode(nil, encoded)
	if !ok || err != nil || len(raw) != 65+4 {
		return fmt.Errorf("no signature: %s, %w", text, err)
	}
	var digest [32]byte
	binary.BigEndian.PutUint64(digest[24:], uint64(number))
	public, _, err := ecdsa.RecoverCompact(raw[:65], digest[:])
	if err != nil || !bytes.Equal(public.SerializeCompressed(), key.public[:]) {
		return fmt.Errorf("the signature %s of %x does not verify: %w", text, digest, err)
	}
	return nil
}

// dialing is a transport that always dials the same address.
func dialing(network, address string) *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 64, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
}
