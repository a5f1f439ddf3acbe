package kiod

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/gate"
)

// TestPasswordsOfNewWallets: 53 characters of a key's text, another one each time,
// and they open the file.
func TestPasswordsOfNewWallets(t *testing.T) {
	b := newBench(t, nil)
	seen := map[string]bool{}
	for _, name := range []string{"a", "b", "c", strings.Repeat("n", maxName)} {
		password := strings.Trim(b.wallet(t, "create", `"`+name+`"`, 201), `"`)
		if len(password) != 53 || !strings.HasPrefix(password, "PW5") || seen[password] {
			t.Errorf("password %q", password)
		}
		seen[password] = true
		b.wallet(t, "lock", `"`+name+`"`, 200)
		b.wallet(t, "unlock", `["`+name+`","`+password+`"]`, 200)
	}
	for _, name := range []string{"", "a/b", "../a", "a b", "a\\u0000", "ä", strings.Repeat("n", maxName+1), "a\\n", "*"} {
		for _, endpoint := range []string{"create", "open"} {
			if got := b.wallet(t, endpoint, `"`+name+`"`, 500); !strings.Contains(got, `"code":3120000`) {
				t.Errorf("%s %q: %s", endpoint, name, got)
			}
		}
	}
	if entries, err := os.ReadDir(b.dir); err != nil || len(entries) != 4 {
		t.Errorf("%d files, %v", len(entries), err)
	}
}

// emptyReader has no random bytes.
type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, errors.New("nothing") }

func TestNoRandomBytesNoWallet(t *testing.T) {
	b := newBench(t, func(c *DoorConfig) { c.Rand = emptyReader{} })
	b.wallet(t, "create", `"a"`, 500)
	if b.gate.count("create") != 0 {
		t.Error("a wallet was made")
	}
}

// zeros is a source of keys that are none, and then of one that is.
type zeros struct{ reads int }

func (z *zeros) Read(p []byte) (int, error) {
	z.reads++
	fill := [...]byte{0, 0xff, 0x11}[min(z.reads-1, 2)]
	for i := range p {
		p[i] = fill
	}
	return len(p), nil
}

func TestPasswordIsAKey(t *testing.T) {
	source := new(zeros)
	password, err := newPassword(source)
	if err != nil || source.reads != 3 || password.Len() != 53 {
		t.Errorf("%d reads, %d characters, %v", source.reads, password.Len(), err)
	}
}

// TestLockedByTheOwner: a session that the gate ended by itself is a locked wallet
// everywhere, at once.
func TestLockedByTheOwner(t *testing.T) {
	for endpoint, c := range map[string]struct {
		body, want string
		status     int
	}{
		"list_wallets":     {"", `["alpha","beta *"]`, 200},
		"sign_digest":      {`["` + someDigest + `","` + alphaKey + `"]`, "3120004", 500},
		"get_public_keys":  {"", "EOS85N5uRSwTVDnKs6WP3B59Qz7TXsJD85YxdzSmVS9Dret8ApAi6", 200},
		"list_keys":        {`["alpha","` + alphaPassword + `"]`, "3120003", 500},
		"import_key":       {`["alpha","5JhjMfxpWtantRi7H71E5mRDFD6r33xi2HnaA9yKCorcGCa4685"]`, "3120003", 500},
		"create_key":       {`["alpha","K1"]`, "3120003", 500},
		"remove_key":       {`["alpha","` + alphaPassword + `","` + alphaKey + `"]`, "3120003", 500},
		"unlock":           {`["alpha","` + alphaPassword + `"]`, "{}", 200},
		"lock":             {`"alpha"`, "{}", 200},
		"sign_transaction": {`[{},["` + alphaKey + `"],"` + someDigest + `"]`, "3120004", 500},
	} {
		t.Run(endpoint, func(t *testing.T) {
			b := newBench(t, nil, "alpha", "beta")
			unlockAlpha(t, b)
			b.wallet(t, "unlock", `["beta","PW5JK2JgmXofJCW9DcRqPzYZtCDZTLopJNGJNwG8HSMMFtcYSxRsx"]`, 200)
			b.gate.mu.Lock()
			for id, s := range b.gate.sessions {
				if s.Name == "alpha" {
					delete(b.gate.sessions, id)
				}
			}
			b.gate.mu.Unlock()
			if got := b.wallet(t, endpoint, c.body, c.status); !strings.Contains(got, c.want) {
				t.Errorf("%s, want %s", got, c.want)
			}
			want := `["alpha","beta *"]`
			if endpoint == "unlock" {
				want = `["alpha *","beta *"]`
			}
			if got := b.wallet(t, "list_wallets", "", 200); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			// What is still open signs on.
			b.wallet(t, "sign_digest", `["`+someDigest+`","EOS85N5uRSwTVDnKs6WP3B59Qz7TXsJD85YxdzSmVS9Dret8ApAi6"]`, 201)
		})
	}
}

// TestNothingIsSignedInPart: with one key of two missing, the answer names that one
// and nothing is signed.
func TestNothingIsSignedInPart(t *testing.T) {
	b := newBench(t, nil, "alpha")
	unlockAlpha(t, b)
	const missing = "EOS74ZWVsiYVBq68dcrBA27d9dzW7njR4PjHipiEFvmSTPmA41o2s"
	got := b.wallet(t, "sign_transaction", `[{},["`+alphaKey+`","`+missing+`"],"`+someDigest+`"]`, 500)
	if !strings.Contains(got, "Public key not found in unlocked wallets "+missing) || strings.Contains(got, "SIG_") {
		t.Error(got)
	}
	// Types that no wallet holds are missing like others.
	webauthn := "PUB_WA_6rQ31pHJXzMTjdXLKGfZUv6gmYCHZ7N1hbUBRCsfYG5GEU5SdHpC9NLbyPQSxvDR5WZ5eRr7RLvWNs9V2dUAv"
	status, text := b.do(walletPath+"sign_digest", `["`+someDigest+`","`+webauthn+`"]`)
	checkEnvelope(t, status, text)
}

// TestKeyTypesOfProfiles: wallets that keosd must open get no keys that it does not
// know.
func TestKeyTypesOfProfiles(t *testing.T) {
	const em = "PVT_EM_0x4646464646464646464646464646464646464646464646464646464646464646"
	for profile, status := range map[antelope.Profile]int{antelope.Kiod: 201, antelope.Keosd: 500, antelope.KiodSys: 500} {
		b := newBench(t, func(c *DoorConfig) { c.Profile = profile })
		b.wallet(t, "create", `"w"`, 201)
		for _, c := range [][2]string{{"import_key", `["w","` + em + `"]`}, {"create_key", `["w","em"]`}, {"create_key", `["w","ED"]`}} {
			if got := b.wallet(t, c[0], c[1], status); status == 500 && !strings.Contains(got, "3120010") {
				t.Errorf("%s: %s", profile, got)
			}
		}
		for _, kind := range []string{"WA", "BLS", "none", "K2", "k1 "} {
			if got := b.wallet(t, "create_key", `["w","`+kind+`"]`, 500); !strings.Contains(got, "Key type \\\""+strings.ToUpper(kind)+"\\\" not supported") {
				t.Errorf("%s: %s", kind, got)
			}
		}
		named := map[bool]int{true: 500, false: 404}[profile == antelope.Kiod]
		b.wallet(t, "list_keys_by_name", `["w","x"]`, named)
	}
}

// TestNames: the checks of names come in the peer's order.
func TestNames(t *testing.T) {
	b := newBench(t, func(c *DoorConfig) { c.Profile = antelope.Kiod }, "kiod-named")
	r1 := "PUB_R1_6ZeMmoB1dwfg9BUs1p3NQiiboV6TztRXyrFbjVaA6tj7DxZBpo"
	private := "5Jp6RjnnFTLEwPPynUVs3powmRmygfXaDxYRvDtfarZGjBSc5u4" // my-key-0
	steps := []struct{ endpoint, arguments, want string }{
		{"set_key_name", `"x","a-key"`, "3120002"},
		{"", "", ""},
		{"set_key_name", `"eth-main","nope"`, "3120009"},
		{"set_key_name", `"eth-main","a-key"`, "Key name provided already exists (keyName=eth-main)"},
		{"set_key_name", `"new","a-key"`, "{}"},
		{"set_key_name_with_public_key", `"eth-main","` + r1 + `"`, "3120008"},
		{"set_key_name_with_public_key", `"x","bad"`, `"code":10`},
		{"set_key_name_with_private_key", `"new","` + private + `"`, "3120008"},
		{"set_key_name_with_private_key", `"x","PVT_EM_0x4646464646464646464646464646464646464646464646464646464646464646"`, "3120009"},
		{"set_key_name_with_private_key", `"quite \"new\"","` + private + `"`, "{}"},
		{"remove_name", `"my-key-0"`, "key set not in wallet"},
		{"remove_name", `"quite \"new\""`, "{}"},
		{"remove_name", `""`, "3120009"},
	}
	for i, s := range steps {
		if s.endpoint == "" {
			b.wallet(t, "unlock", `["kiod-named","`+namedPassword+`"]`, 200)
			continue
		}
		_, got := b.do(walletPath+s.endpoint, `["kiod-named","`+namedPassword+`",`+s.arguments+`]`)
		if !strings.Contains(got, s.want) {
			t.Errorf("step %d, %s %s: %s, want %s", i, s.endpoint, s.arguments, got, s.want)
		}
	}
	b.wallet(t, "lock", `"kiod-named"`, 200)
	b.wallet(t, "unlock", `["kiod-named","`+namedPassword+`"]`, 200) // what was named is in the file
	got := b.wallet(t, "list_keys_by_name", `["kiod-named","`+namedPassword+`"]`, 200)
	if strings.Count(got, "key_name") != 4 || !strings.HasPrefix(got, `[["eth-main",`) || !strings.Contains(got, `["new",{"key_name":"new",`) {
		t.Error(got)
	}
}

// TestCallers: the gate learns who calls by which door.
func TestCallers(t *testing.T) {
	b := newBench(t, nil, "alpha")
	unlockAlpha(t, b)
	for _, c := range b.gate.callers {
		if c != (gate.Caller{Listener: "kiod", Protocol: "kiod", UID: -1}) {
			t.Errorf("caller %+v", c)
		}
	}
	if _, err := NewDoor(DoorConfig{}, b.gate); err == nil {
		t.Error("a door without parts was made")
	}
	if _, err := os.Stat(filepath.Join(b.dir, "alpha.wallet")); err != nil {
		t.Error(err)
	}
}
