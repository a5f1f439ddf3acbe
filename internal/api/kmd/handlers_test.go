package kmd

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain/algorand"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// message is the text of a refusal, or "" for an answer.
func message(t *testing.T, body string) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	text, _ := m["message"].(string)
	return text
}

// field is a text field of an answer.
func field(t *testing.T, body, name string) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if inner, ok := m["wallet"].(map[string]any); ok {
		m = inner
	}
	text, _ := m[name].(string)
	if text == "" {
		t.Fatalf("no %s in %s", name, body)
	}
	return text
}

func (b *bench) create(t *testing.T, name, password string) (id string) {
	t.Helper()
	_, body := b.do("POST", "/v1/wallet", fmt.Sprintf(`{"wallet_name":%q,"wallet_driver_name":"sqlite","wallet_password":%q}`, name, password))
	return field(t, body, "id")
}

func (b *bench) open(t *testing.T, id, password string) (handle string) {
	t.Helper()
	_, body := b.do("POST", "/v1/wallet/init", fmt.Sprintf(`{"wallet_id":%q,"wallet_password":%q}`, id, password))
	return field(t, body, "wallet_handle_token")
}

// The orders of checks in which the gate's own order differs from the peer's.
func TestMultisigOrderOfChecks(t *testing.T) {
	b := newBench(t, nil)
	h := b.open(t, b.create(t, "w", "pw"), "pw")
	post := func(path, format string, args ...any) string {
		_, body := b.do("POST", path, fmt.Sprintf(`{"wallet_handle_token":%q,`, h)+fmt.Sprintf(format, args...)+"}")
		return body
	}
	var keys []string // two of the wallet, one of nobody
	for range 2 {
		a, err := algorand.ParseAddress(field(t, post("/v1/key", `"display_mnemonic":false`), "address"))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, base64.StdEncoding.EncodeToString(a[:]))
	}
	keys = append(keys, base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
	account := field(t, post("/v1/multisig/import", `"multisig_version":1,"threshold":1,"pks":[%q]`, keys[0]), "address")
	nobody := algorand.Address{1}.String()

	for _, c := range []struct{ name, address, key, partial, password, want string }{
		{"signed", account, keys[0], `null`, "pw", ""},
		{"wrong password", account, keys[0], `null`, "bad", "error decrypting. wrong password?"},
		{"wrong password before unknown account", nobody, keys[0], `null`, "bad", "error decrypting. wrong password?"},
		{"wrong password before foreign key", account, keys[1], `null`, "bad", "error decrypting. wrong password?"},
		{"wrong password before version", account, keys[0], `{"v":2}`, "bad", "error decrypting. wrong password?"},
		{"wrong password before missing key", account, "", `null`, "bad", "error decrypting. wrong password?"},
		{"unknown account", nobody, keys[0], `null`, "pw", "multisig information (pks, threshold) for address does not exist in this wallet"},
		{"key of the wallet, not of the account", account, keys[1], `null`, "pw", "Key does not exist"},
		{"key of neither", account, keys[2], `null`, "pw", "key does not exist in this wallet"},
		{"no key", account, "", `null`, "pw", "key does not exist in this wallet"},
		{"partial, key of neither", account, keys[2], `{"v":1,"thr":1,"subsig":[{"pk":"` + keys[0] + `"}]}`, "pw", "given key is not a possible signer for this multisig"},
		{"partial, version first", account, keys[0], `{"v":2,"thr":0}`, "pw", "unknown version"},
		{"partial, then threshold", nobody, keys[0], `{"v":1,"thr":2,"subsig":[{"pk":"` + keys[0] + `"}]}`, "pw", "Invalid threshold"},
		{"partial, then address", nobody, keys[2], `{"v":1,"thr":1,"subsig":[{"pk":"` + keys[0] + `"}]}`, "pw", "given multisig preimage hashes to neither Sender nor AuthAddr"},
	} {
		body := post("/v1/multisig/signprogram", `"address":%q,"data":"BoEB","public_key":%q,"partial_multisig":%s,"wallet_password":%q`, c.address, c.key, c.partial, c.password)
		if got := message(t, body); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestRenameFollowsTheRulesOfCreation(t *testing.T) {
	b := newBench(t, nil)
	id := b.create(t, "first", "pw")
	b.create(t, "other", "pw")
	rename := func(name, password string) (int, string) {
		return b.do("POST", "/v1/wallet/rename", fmt.Sprintf(`{"wallet_id":%q,"wallet_name":%q,"wallet_password":%q}`, id, name, password))
	}
	if status, body := rename(strings.Repeat("é", 32)+"x", "pw"); status != 400 || message(t, body) != "wallet name too long, must be <= 64 bytes" {
		t.Errorf("65 bytes: %d %s", status, body)
	}
	if status, _ := rename(strings.Repeat("é", 32), "pw"); status != 200 {
		t.Errorf("64 bytes: %d", status)
	}
	if _, body := rename("other", "bad"); message(t, body) != "wallet with same name already exists" {
		t.Errorf("the name is checked before the password: %s", body)
	}
	if _, body := rename("", "pw"); field(t, body, "name") != id {
		t.Errorf("a blank name becomes the id: %s", body)
	}
	if got := b.create(t, "first", "pw"); got == id {
		t.Error("a name that a rename gave free is free")
	}
}

// The list is in the order of the peer's file names.
func TestWalletOrder(t *testing.T) {
	b := newBench(t, nil)
	add := func(id byte, created, file string) {
		w := gate.Wallet{ID: gate.WalletID{id}, Name: fmt.Sprint(id), CreatedName: created, FileName: file}
		b.gate.wallets[w.ID] = &fakeWallet{Wallet: w}
	}
	add(1, "b", "")
	add(2, "ä!", "") // nothing of it stands in the file name: ".ID.db"
	add(3, "a b", "")
	add(4, "x", "aa.0000.db")                // adopted, under its own file name
	add(5, "05"+strings.Repeat("0", 30), "") // named by its id
	add(6, "B", "")
	_, body := b.do("GET", "/v1/wallets", "ignored")
	var answer struct {
		Wallets []struct {
			Name string `json:"name"`
		} `json:"wallets"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	order := ""
	for _, w := range answer.Wallets {
		order += w.Name
	}
	if order != "256431" {
		t.Errorf("order %s", order)
	}
}

// A session that the owner locked from elsewhere is gone for the protocol too.
func TestSessionLockedElsewhere(t *testing.T) {
	b := newBench(t, nil)
	h := b.open(t, b.create(t, "w", "pw"), "pw")
	clear(b.gate.sessions)
	for _, path := range []string{"/v1/key/list", "/v1/wallet/info", "/v1/wallet/renew"} {
		if status, body := b.do("POST", path, fmt.Sprintf(`{"wallet_handle_token":%q}`, h)); status != 401 || message(t, body) != "handle does not exist" {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, body := b.do("POST", "/v1/wallet/release", fmt.Sprintf(`{"wallet_handle_token":%q}`, h)); status != 200 || body != "{}" {
		t.Errorf("release: %d %s", status, body)
	}
}

// A session that gets no handle does not stay open.
func TestNoHandleNoSession(t *testing.T) {
	b := newBench(t, nil)
	id := b.create(t, "w", "pw")
	b.handles.rand = brokenReader{}
	status, _ := b.do("POST", "/v1/wallet/init", fmt.Sprintf(`{"wallet_id":%q,"wallet_password":"pw"}`, id))
	if status != 500 || len(b.gate.sessions) != 0 {
		t.Errorf("status %d, %d sessions open", status, len(b.gate.sessions))
	}
}

func TestZeroLifetime(t *testing.T) {
	b := newBench(t, func(c *DoorConfig) { c.SessionLifetime = 0 })
	h := b.open(t, b.create(t, "w", "pw"), "pw")
	if status, body := b.do("POST", "/v1/wallet/info", fmt.Sprintf(`{"wallet_handle_token":%q}`, h)); status != 401 || message(t, body) != "handle expired" {
		t.Errorf("%d %s", status, body)
	}
}

func TestExpiresSecondsIsCutDown(t *testing.T) {
	b := newBench(t, nil)
	h := b.open(t, b.create(t, "w", "pw"), "pw")
	for _, step := range []struct {
		wait time.Duration
		want string
	}{{time.Nanosecond, "59"}, {999 * time.Millisecond, "59"}, {time.Millisecond, "58"}, {58*time.Second + 998*time.Millisecond, "0"}} {
		b.clock.Advance(step.wait)
		if _, body := b.do("POST", "/v1/wallet/info", fmt.Sprintf(`{"wallet_handle_token":%q}`, h)); !strings.Contains(body, `"expires_seconds": `+step.want+",") {
			t.Errorf("after %v more: %s", step.wait, body)
		}
	}
}

// LastUse moves with the token alone, whatever becomes of the request (§1.5).
func TestLastUse(t *testing.T) {
	b := newBench(t, nil)
	start := b.LastUse()
	b.clock.Advance(time.Second)
	for _, path := range []string{"/versions", "/swagger.json", "/v1/nope", "/", "//v1/wallets"} {
		b.do("GET", path, "")
	}
	b.do("OPTIONS", "/v1/wallets", "")
	if !b.LastUse().Equal(start) {
		t.Error("an open path counts as use")
	}
	b.do("POST", "/v1/wallet/info", "not JSON")
	if got := b.LastUse().Sub(start); got != time.Second {
		t.Errorf("a refused request with the right token counts: %v", got)
	}
}

func TestCreateOrderOfChecks(t *testing.T) {
	b := newBench(t, nil)
	b.create(t, "taken", "")
	long := strings.Repeat("n", 65)
	for _, c := range []struct{ driver, name, want string }{
		{"", long, "unknown wallet driver"},
		{"SQLITE", "x", "unknown wallet driver"},
		{"ledger", long, "operation not supported by wallet"},
		{"sqlite", long, "wallet name too long, must be <= 64 bytes"},
		{"sqlite", "taken", "wallet with same name already exists"},
		{"sqlite", "", ""},
	} {
		_, body := b.do("POST", "/v1/wallet", fmt.Sprintf(`{"wallet_name":%q,"wallet_driver_name":%q}`, c.name, c.driver))
		if got := message(t, body); got != c.want {
			t.Errorf("%s %.10s: %q, want %q", c.driver, c.name, got, c.want)
		}
	}
}

// Wallets that could be listed beside a folder that could not be are an error here,
// in the operating system's words.
func TestListWithFolderTrouble(t *testing.T) {
	trouble := fault.Storage.New("open /w: no such file or directory")
	b := newBench(t, nil)
	b.gate.trouble = trouble
	if status, body := b.do("GET", "/v1/wallets", ""); status != 500 || message(t, body) != "open /w: no such file or directory" {
		t.Errorf("%d %s", status, body)
	}
}

// The gate's refusals by rule reach the client as they are.
func TestDeniedByRule(t *testing.T) {
	b := newBench(t, nil)
	b.gate.fail = fault.Denied.New("not allowed: no rule")
	if status, body := b.do("GET", "/v1/wallets", ""); status != 403 || message(t, body) != "not allowed: no rule" {
		t.Errorf("%d %s", status, body)
	}
}
