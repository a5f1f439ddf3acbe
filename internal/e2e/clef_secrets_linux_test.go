package e2e

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// clefCanaries are the secrets of the fixture, and those that a test makes.
func clefCanaries(t *testing.T) map[string][]byte {
	t.Helper()
	v := readExpectedVault(t)
	all := map[string][]byte{
		"master password": []byte(fixtureMaster), "password of A": []byte(fixturePasswordA), "password of B": []byte(fixturePasswordB),
		"password of C": []byte(fixturePasswordC), "wrong password": []byte(fixtureWrong),
	}
	unhex := func(text string) []byte {
		b, err := hex.DecodeString(text)
		if err != nil || len(b) < 32 {
			t.Fatal(len(b), err)
		}
		return b
	}
	all["private key A"] = unhex(clefKeyA)
	all["private key B"] = bytes.Repeat([]byte{0x11}, 32)
	all["private key C"] = unhex(strings.Repeat("33", 31) + "34")
	seed := unhex(v.MasterSeedHex)
	all["master seed"], all["end of the master seed"] = seed[:32], seed[224:]
	for name, f := range v.Files {
		all["key of "+name] = unhex(f.KeyHex)
	}
	return all
}

// TestClefNoSecretShows sends passwords and keys through every door, rightly and
// wrongly, and looks for them in everything that is left behind, and in what the
// processes show to others.
func TestClefNoSecretShows(t *testing.T) {
	t.Parallel()
	canaries := clefCanaries(t)
	const made = "c4nary-new-account-1"
	canaries["password of a new account"] = []byte(made)
	const raw = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
	canaries["imported key"], _ = hex.DecodeString(raw)

	p := attested(t, limitOfThree+`function ApproveSignData(r) { console.log(JSON.stringify(r), Object.keys(this).join()); }`)
	for _, c := range []struct{ stdin, wants string }{
		{fixturePasswordC + "\n" + fixturePasswordC + "\n" + fixtureMaster + "\n", ""},
		{fixturePasswordC + "\n" + fixturePasswordC + "\n" + fixtureWrong + "\n", "failed to decrypt"},
		{fixturePasswordC + "\n" + fixtureMaster + "\n", "not match"},
	} {
		_, stderr, _ := p.run(c.stdin, "--suppress-bootwarn", "--configdir", "${CONFIG}", "setpw", accountC)
		if !strings.Contains(strings.ToLower(stderr), c.wants) {
			t.Errorf("setpw: %s", stderr)
		}
		look(t, "standard error of setpw", []byte(stderr), canaries)
	}
	if _, stderr, status := p.run(fixtureMaster+"\n", "--suppress-bootwarn", "--configdir", "${CONFIG}", "delpw", accountC); status != 0 {
		t.Errorf("delpw: %d %s", status, stderr)
	}
	u := p.puppet("--rules", "${RULES}", "--auditlog", "${DIR}/audit.log", "--loglevel", "5", "--bulk")
	u.mustSign(pay(1, 1))
	u.mustRefuse("could not decrypt key with given password", "account_signTransaction", payOf(accountB, 1, 1))
	for _, password := range []string{fixtureMaster, fixturePasswordC} { // of something else, and the right one
		reply := u.calling("account_signTransaction", payOf(accountC, 2, 1))
		m := u.told("ui_onInputRequired")
		u.says(m.ID, textAnswer(password))
		<-reply
	}
	reply := u.calling("account_new")
	m := u.told("ui_approveNewAccount")
	u.says(m.ID, m.approval())
	for _, password := range []string{"short", made + "\\\\", made} {
		m = u.told("ui_onInputRequired")
		u.says(m.ID, `{"text":"`+password+`"}`)
	}
	if text := <-reply; !signedIn(text) {
		t.Errorf("account_new: %s", text)
	}
	for _, a := range []answerOf{
		u.asks("clef_importRawKey", raw, made), u.asks("clef_importRawKey", raw, "short"), u.asks("clef_importRawKey", raw[:63], made), u.asks("clef_importRawKey", raw+"z", made),
		u.asks("clef_importRawKey", made, raw), u.asks("clef_openWallet", "keystore://x", made), u.asks("clef_deriveAccount", made, raw), u.asks("clef_new", made),
		u.asks("clef_import", map[string]any{"crypto": made}, made, made), u.asks("clef_nothing", raw, made), u.asks("clef_export", raw),
	} {
		if a.message() != "" {
			look(t, "an error", []byte(a.message()), canaries)
		}
	}
	u.answer("ui_approveSignData", `{"approved":true}`)
	for _, secret := range []string{fixturePasswordA, raw, clefKeyA} { // typed where they do not belong
		// What the caller says is shown and logged, as it has to be; so the passwords of
		// others must not be in it. Here only the answer matters.
		_, failure := u.call("account_signTypedData", accountA, secret)
		if strings.Contains(failure, secret) {
			t.Errorf("an error repeats what it was given: %q", failure)
		}
	}
	_, _ = fmt.Fprintf(u.stdin, "%s\n", fixtureMaster)                // a line that is no JSON
	_, _ = fmt.Fprintf(u.stdin, `{"password":"%s"}`+"\n", made)       // JSON that is no message
	_, _ = fmt.Fprintf(u.stdin, `{"jsonrpc":"2.0","%s":]`+"\n", made) // and what is neither
	u.awaitOutput(&u.stderr, 0, "The UI is gone")

	pids := append(u.ruleWorkers(), u.cmd.Process.Pid)
	if len(pids) < 2 {
		t.Error("no process of the rule file")
	}
	for _, pid := range pids {
		for _, name := range []string{"cmdline", "environ", "comm", "status"} {
			b, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(pid), name))
			if err != nil && !errors.Is(err, fs.ErrPermission) {
				t.Error(err)
			}
			look(t, name, b, canaries)
		}
	}
	for _, pid := range pids[:len(pids)-1] {
		u.lookAtWorker(pid)
	}
	u.lookAround(canaries)
	u.ends()
	u.lookAround(canaries)

	look(t, "standard error", []byte(u.stderr.from(0)), canaries)
}

// lookAtWorker wants a process of the rule file to have nothing of the signer's: no
// environment, no files, no core dumps.
func (u *puppet) lookAtWorker(pid int) {
	u.t.Helper()
	proc := filepath.Join("/proc", fmt.Sprint(pid))
	environ, err := os.ReadFile(filepath.Join(proc, "environ"))
	if err == nil && (bytes.Contains(environ, []byte("HOME")) || bytes.Contains(environ, []byte("PATH"))) {
		u.t.Errorf("the environment of a rule file: %q", environ)
	}
	files, err := os.ReadDir(filepath.Join(proc, "fd"))
	if err != nil {
		u.t.Fatal(err)
	}
	for _, f := range files {
		target, err := os.Readlink(filepath.Join(proc, "fd", f.Name()))
		if err == nil && !strings.HasPrefix(target, "pipe:") && !strings.HasPrefix(target, "anon_inode:") {
			u.t.Errorf("a rule file has %s open", target)
		}
	}
	limits, err := os.ReadFile(filepath.Join(proc, "limits"))
	if err != nil || !strings.Contains(string(limits), "Max core file size        0") {
		u.t.Errorf("limits of a rule file: %s %v", limits, err)
	}
}

// lookAround looks into every file of the place.
func (u *puppet) lookAround(canaries map[string][]byte) {
	u.t.Helper()
	files := 0
	err := filepath.WalkDir(u.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		files++
		look(u.t, path, b, canaries)
		return err
	})
	if err != nil || files < 10 {
		u.t.Errorf("%d files, %v", files, err)
	}
}
