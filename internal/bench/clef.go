package bench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"strongroom/internal/fault"
)

// What the throw-away signer is made of. The key is the one of EIP-712's example.
const (
	clefKey      = "c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4"
	clefAccount  = "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"
	clefReceiver = "0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0"
	clefPassword = "for measuring only"
)

// Rule files. The plain one decides by the transaction alone; the counting one keeps a
// limit in its storage, which is on disk before each signature leaves.
const (
	plainRules = `
var payees = {"0x07a565b7ed7d7a678680a4c162885bedbb695fe0": true}
function ApproveListing(r) { return "Approve" }
function ApproveTx(r) {
	var t = r.transaction
	if (!t.to || !payees[t.to.toLowerCase()] || t.data) return "Reject"
	return parseInt(t.value, 16) <= 1e18 ? "Approve" : "Reject"
}`
	countingRules = plainRules + `
function OnApprovedTx(r) {
	storage.put("count", String(1 + Number(storage.get("count") || 0)))
}`
)

// clefHome is the directories of a throw-away signer.
type clefHome struct {
	executable                    string
	config, keystore, rules, word string
}

// makeClef makes a signer with one account, whose password is stored.
func makeClef(ctx context.Context, executable, dir string) (*clefHome, error) {
	h := &clefHome{
		executable: executable, config: filepath.Join(dir, "config"), keystore: filepath.Join(dir, "keystore"),
		rules: filepath.Join(dir, "rules.js"), word: filepath.Join(dir, "word"),
	}
	for _, made := range []string{dir, h.config, h.keystore} {
		if err := os.Mkdir(made, 0o700); err != nil {
			return nil, fault.Storage.Wrap(err, "the directory %s can not be made", made)
		}
	}
	key := filepath.Join(dir, "key")
	if err := errors.Join(h.write(key, clefKey), h.write(h.word, clefPassword)); err != nil {
		return nil, err
	}
	return h, errors.Join(
		h.command(ctx, 2, "init"),
		h.command(ctx, 2, "importraw", key),
		h.command(ctx, 3, "setpw", clefAccount),
	)
}

func (h *clefHome) write(path, text string) error {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return fault.Storage.Wrap(err, "the file %s can not be written", path)
	}
	return nil
}

// flags are those of every command.
func (h *clefHome) flags() []string {
	return []string{"clef", "--suppress-bootwarn", "--lightkdf", "--configdir", h.config, "--keystore", h.keystore, "--chainid", "1337", "--auditlog", ""}
}

// command runs a sub-command, which is told the password so many times.
func (h *clefHome) command(ctx context.Context, passwords int, args ...string) error {
	said := new(tail)
	c := exec.CommandContext(ctx, h.executable)
	c.Args = append(h.flags(), args...)
	c.Env = environment()
	c.Stdin = strings.NewReader(strings.Repeat(clefPassword+"\n", passwords))
	c.Stdout, c.Stderr = said, said
	if err := c.Run(); err != nil {
		return fault.Internal.Wrap(err, "clef %s did not succeed: %.300q", args[0], said.text)
	}
	return nil
}

// attest makes a rule file the one that is used.
func (h *clefHome) attest(ctx context.Context, rules string) error {
	sum := sha256.Sum256([]byte(rules))
	return errors.Join(h.write(h.rules, rules), h.command(ctx, 1, "attest", hex.EncodeToString(sum[:])))
}

// allow has strongroom.toml allow to callers what it would ask about, so that no rule
// file decides.
func (h *clefHome) allow(on bool) error {
	path := filepath.Join(h.config, ".strongroom", "strongroom.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		return fault.Storage.Wrap(err, "the configuration of the measured signer can not be read")
	}
	ask, allow := []byte(`"ask"`), []byte(`"allow"`)
	if !on { // the UI's rights stay: they are allowed anyway
		ask, allow = allow, ask
	}
	return h.write(path, string(bytes.ReplaceAll(text, ask, allow)))
}

// fill puts further key files into the key store, up to n. Nobody has their keys.
func (h *clefHome) fill(n int) error {
	files, err := os.ReadDir(h.keystore)
	if err != nil || len(files) == 0 {
		return fault.Storage.Wrap(err, "the key store of the measured signer can not be read")
	}
	text, err := os.ReadFile(filepath.Join(h.keystore, files[0].Name()))
	if err != nil {
		return fault.Storage.Wrap(err, "a key file can not be read")
	}
	own := strings.ToLower(clefAccount[2:])
	for i := len(files); i < n; i++ {
		address := fmt.Sprintf("%040x", i)
		name := fmt.Sprintf("UTC--2026-01-01T00-00-00.%09dZ--%s", i, address)
		if err := h.write(filepath.Join(h.keystore, name), strings.ReplaceAll(string(text), own, address)); err != nil {
			return err
		}
	}
	return nil
}

// start starts the signer and waits for its first answer, which it gives with how long
// that took from the start of the process.
func (h *clefHome) start(ctx context.Context, withRules bool) (_ *child, first time.Duration, err error) {
	c := &child{output: new(tail)}
	if c.address, err = freeAddress(ctx); err != nil {
		return nil, 0, err
	}
	_, port, _ := strings.Cut(c.address, ":")
	c.cmd = exec.Command(h.executable)
	c.cmd.Args = append(h.flags(), "--http", "--http.addr", "127.0.0.1", "--http.port", port, "--ipcdisable", "--password-file", h.word)
	if withRules {
		c.cmd.Args = append(c.cmd.Args, "--rules", h.rules)
	}
	c.cmd.Env = environment()
	c.cmd.Stdout, c.cmd.Stderr = c.output, c.output
	began := time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, 0, fault.Internal.Wrap(err, "the signer to be measured can not be started")
	}
	c.watch()
	if !c.await(ctx, func() bool {
		conn, err := dial(ctx, c.address)
		if err != nil {
			return false
		}
		defer func() { _ = conn.Close() }()
		_, err = clefResult(conn, c.clefListing())
		first = time.Since(began)
		return err == nil
	}) {
		err := c.stop()
		return nil, 0, fault.Internal.Wrap(err, "the signer to be measured did not start: %.300q", c.output.text)
	}
	return c, first, nil
}

// clefCall builds a request; params is JSON.
func (c *child) clefCall(method, params string) []byte {
	return requestTo(c.address, http.MethodPost, "/", "",
		fmt.Appendf(nil, `{"jsonrpc":"2.0","id":1,"method":%q,"params":%s}`, method, params))
}

func (c *child) clefListing() []byte { return c.clefCall("account_list", "[]") }

// clefPayments builds requests that sign different payments.
func (c *child) clefPayments(n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = c.clefCall("account_signTransaction", fmt.Sprintf(
			`[{"from":%q,"to":%q,"gas":"0x5208","maxFeePerGas":"0x77359400","maxPriorityFeePerGas":"0x3b9aca00","value":"0x1","nonce":"0x%x"}]`,
			clefAccount, clefReceiver, i))
	}
	return all
}

// clefResult sends a request whose answer must be no error. It is compared as text, so
// that this costs nothing.
func clefResult(conn *Conn, req []byte) ([]byte, error) {
	body, err := conn.expect(http.StatusOK, req)
	if err == nil && !bytes.Contains(body[:min(len(body), 40)], []byte(`"result"`)) {
		var answer struct {
			Error struct{ Message string }
		}
		_ = json.Unmarshal(body, &answer)
		return nil, fault.Internal.New("the measured signer refused: %.200s", answer.Error.Message)
	}
	return body, err
}

// usedByAll is the processor time of the signer and of the processes that run its rules.
// One that ended meanwhile counts no more.
func (c *child) usedByAll() (time.Duration, error) {
	total, err := c.used()
	if err != nil {
		return 0, err
	}
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", c.cmd.Process.Pid))
	if err != nil {
		return 0, fault.Internal.Wrap(err, "the processes of the measured signer can not be listed")
	}
	var seen []string
	for _, task := range tasks {
		list, err := os.ReadFile(task)
		if err != nil {
			continue // the thread is gone
		}
		seen = append(seen, strings.Fields(string(list))...)
	}
	slices.Sort(seen)
	for _, text := range slices.Compact(seen) {
		pid, err := strconv.Atoi(text)
		if err != nil {
			continue
		}
		if used, err := processTime(pid); err == nil {
			total += used
		}
	}
	return total, nil
}
