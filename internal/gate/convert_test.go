package gate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/policy"
	"strongroom/internal/secret"
)

// keosdFixture is a wallet file of keosd, to be imported under its own name.
func keosdFixture(t testing.TB, name string) WalletFile {
	t.Helper()
	const folder = "../../testdata/golden/kiod/wallet-fixture"
	file, err := os.ReadFile(filepath.Join(folder, name+".wallet"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(folder, "passwords.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Wallets map[string]struct {
			Password string `json:"password"`
		} `json:"wallets"`
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return WalletFile{Name: name, Format: FormatKeosd, File: file, Password: password(all.Wallets[name].Password)}
}

func TestImportAndExportKeosd(t *testing.T) {
	h := newHouse(t, everything())
	c := caller("admin")
	for name, format := range map[string]string{"alpha": FormatKeosdUnnamed, "kiod-named": FormatKeosd} {
		f := keosdFixture(t, name)
		w, err := h.ImportWallet(t.Context(), c, f)
		if err != nil {
			t.Fatal(err)
		}
		if w.Name != name {
			t.Errorf("named %q", w.Name)
		}
		file, err := h.ExportWallet(t.Context(), c, w.ID, f.Password, format)
		if err != nil || !bytes.Equal(file, f.File) {
			t.Errorf("%s came back otherwise: %v", name, err)
		}
		_, err = h.ExportWallet(t.Context(), c, w.ID, f.Password, FormatKmd) // which has Ed25519 keys only
		wantKind(t, err, fault.Unsupported)
		_, err = h.ExportWallet(t.Context(), c, w.ID, f.Password, "zip")
		wantKind(t, err, fault.Unsupported)
		_, err = h.ImportWallet(t.Context(), c, f)
		wantKind(t, err, fault.WalletExists)
	}
	f := keosdFixture(t, "beta")
	f.Format = FormatKmd
	_, err := h.ImportWallet(t.Context(), c, f)
	wantKind(t, err, fault.Unsupported)
	f.Format, f.Password = FormatKeosd, password("wrong")
	records := h.since(func() { _, err = h.ImportWallet(t.Context(), c, f) })
	wantKind(t, err, fault.WrongPassword)
	checkRefusal(t, records, ImportWallet, fault.WrongPassword)
}

// manyKeys makes K1 keys.
func manyKeys(n int) []NewKey {
	all := make([]NewKey, n)
	for i := range all {
		private := sha256.Sum256(fmt.Append(nil, "key ", i))
		all[i] = NewKey{KeyOptions: KeyOptions{Algorithm: curve.Secp256k1, Usage: 1}, Private: secret.Copy(private[:])}
	}
	return all
}

// One record stands for all keys, with a digest by which they can be told later.
func TestAddKeysJournalsOneRecord(t *testing.T) {
	h := newHouse(t, everything())
	c := caller("admin")
	s := h.open(c, h.wallet(c, "w").ID)
	all := manyKeys(100)
	if _, err := h.AddKey(t.Context(), c, s, all[7].KeyOptions, all[7].Private); err != nil {
		t.Fatal(err)
	}
	var added Added
	var err error
	records := h.since(func() { added, err = h.AddKeys(t.Context(), c, s, all) })
	if err != nil || len(added.Keys) != 99 || added.Present != 1 {
		t.Fatalf("%d added, %d present, %v", len(added.Keys), added.Present, err)
	}
	texts := []string{}
	for _, k := range added.Keys {
		texts = append(texts, k.Public.String()+"\n")
	}
	slices.Sort(texts)
	sum := sha256.Sum256([]byte(strings.Join(texts, "")))
	if len(records) != 1 || records[0].Operation != "key.import" || records[0].Verdict != "allow" ||
		records[0].Detail != "99 keys, 1 more were there" || records[0].Digest != hex.EncodeToString(sum[:]) {
		t.Errorf("journaled %+v", records)
	}
	if list, err := h.Keys(t.Context(), c, s); err != nil || len(list.Keys) != 100 {
		t.Errorf("%d keys, %v", len(list.Keys), err)
	}
}

// One key that the rules deny denies all.
func TestAddKeysAsksForEachKey(t *testing.T) {
	all := manyKeys(10)
	probe := newHouse(t, everything())
	c := caller("admin")
	added, err := probe.AddKeys(t.Context(), c, probe.open(c, probe.wallet(c, "w").ID), all)
	if err != nil {
		t.Fatal(err)
	}
	any := []string{"*"}
	h := newHouse(t, append(everything(), policy.Rule{
		Name: "not this one", Verdict: policy.Deny, Listeners: any, Operations: []string{string(ImportKey)}, Wallets: any,
		Keys: []string{hexOf(added.Keys[6].Public.String())}, Effects: any,
	}))
	s := h.open(c, h.wallet(c, "w").ID)
	_, err = h.AddKeys(t.Context(), c, s, all)
	wantKind(t, err, fault.Denied)
	if list, err := h.Keys(t.Context(), c, s); err != nil || len(list.Keys) != 0 {
		t.Errorf("%d keys, %v", len(list.Keys), err)
	}
	if _, err = h.AddKeys(t.Context(), c, s, all[:6]); err != nil {
		t.Errorf("without it: %v", err)
	}
}

// Live wallets, through the gate: only their listener sees them, and every change is
// journaled before it is in the file.
func TestLiveWalletsThroughTheGate(t *testing.T) {
	h := newHouse(t, everything())
	folder := t.TempDir()
	if err := h.Gate.Close(); err != nil {
		t.Fatal(err)
	}
	h.cfg.Live = []LiveFolder{{Listener: "kiod", Path: folder, Named: true}}
	var err error
	if h.Gate, err = New(t.Context(), h.cfg); err != nil {
		t.Fatal(err)
	}
	c, other := caller("kiod"), caller("kmd")
	f := keosdFixture(t, "kiod-named")
	if err := os.WriteFile(filepath.Join(folder, "w.wallet"), f.File, 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := h.LiveWallet(t.Context(), c, "w")
	if err != nil {
		t.Fatal(err)
	}
	seen := func(c Caller) bool {
		all, err := h.Wallets(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(all.Wallets, func(x Wallet) bool { return x.ID == w.ID })
	}
	if !seen(c) || seen(other) {
		t.Errorf("seen by its listener: %v, by another: %v", seen(c), seen(other))
	}
	_, err = h.Unlock(t.Context(), other, Unlock{Wallet: w.ID, Password: f.Password, Lifetime: time.Hour})
	wantKind(t, err, fault.UnknownWallet)
	s, err := h.Unlock(t.Context(), c, Unlock{Wallet: w.ID, Password: f.Password, Lifetime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Keys(t.Context(), other, s.ID)
	wantKind(t, err, fault.UnknownSession)
	all := manyKeys(20)
	if added, err := h.AddKeys(t.Context(), c, s.ID, all); err != nil || len(added.Keys) != 20 || added.Keys[0].Name == "" {
		t.Fatalf("%+v, %v", added, err)
	}
	file, err := h.ExportWallet(t.Context(), c, w.ID, f.Password, FormatKeosd)
	if onDisk, _ := os.ReadFile(filepath.Join(folder, "w.wallet")); err != nil || !bytes.Equal(file, onDisk) {
		t.Errorf("the export is not the file: %v", err)
	}
	if err := h.journal.Close(); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(filepath.Join(folder, "w.wallet"))
	if _, err := h.AddKey(context.Background(), c, s.ID, KeyOptions{Algorithm: curve.Secp256k1, Usage: 1}, secret.Copy(bytes.Repeat([]byte{3}, 32))); err == nil {
		t.Error("a key was added without a record")
	}
	if after, _ := os.ReadFile(filepath.Join(folder, "w.wallet")); !bytes.Equal(before, after) {
		t.Error("the file changed without a record")
	}
}
