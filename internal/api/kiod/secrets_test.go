package kiod

import (
	"errors"
	"strings"
	"testing"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/fault"
)

// TestErrorsRepeatNoSecrets: whatever is wrong with a key or a password, neither
// the answer nor the log has any of it, verbose or not (§4.4).
func TestErrorsRepeatNoSecrets(t *testing.T) {
	const wif = "5JWSVJVsPoDwcLtbR4p64abTTPmtS1v2vfnGRDg8LTLBQW9iMii"
	keys := []string{
		wif[:50], wif + "x", "x" + wif, "PUB_K1_" + wif, "PVT_X1_" + wif, "PVT_K1_" + wif, "PVT_R1_" + wif, "PVT_EM_" + wif, "PVT_EM_0x" + strings.Repeat("ab", 31),
		"PVT_ED_" + wif, strings.Replace(wif, "V", "0", 1), strings.ToLower(wif), wif + "\\n", "\\u0035" + wif[1:48], strings.Repeat(wif, 10), "EOS" + wif, wif[:25] + "_" + wif[25:],
	}
	b := newBench(t, func(c *DoorConfig) { c.Profile, c.Verbose = antelope.Kiod, true }, "alpha", "kiod-named")
	check := func(endpoint, body string, hidden ...string) {
		t.Helper()
		status, text := b.do(walletPath+endpoint, body)
		if status < 400 {
			t.Fatalf("%s %s: %s", endpoint, body, text)
		}
		for _, h := range hidden {
			for at := 0; at+8 <= len(h); at++ {
				if strings.Contains(text, h[at:at+8]) || strings.Contains(b.log.String(), h[at:at+8]) {
					t.Fatalf("%s: a part of %q is repeated: %s %s", endpoint, h, text, b.log)
				}
			}
		}
	}
	const wrong = "MySecretPassw0rd"
	check("unlock", `["alpha","`+wrong+`"]`, wrong)
	check("unlock", `["alpha","`+wrong+`","x"]`, wrong)
	check("unlock", `["alpha","`+wrong, wrong)
	unlockAlpha(t, b)
	b.wallet(t, "unlock", `["kiod-named","`+namedPassword+`"]`, 200)
	for _, key := range keys {
		check("import_key", `["alpha","`+key+`"]`, wif, key)
		check("set_key_name_with_private_key", `["kiod-named","`+namedPassword+`","x","`+key+`"]`, wif, key, namedPassword)
		check("import_key", `"`+key+`"`, wif, key)
		check("import_key", `["alpha",["`+key+`"]]`, wif, key)
	}
	for _, endpoint := range []string{"list_keys", "list_keys_by_name"} {
		check(endpoint, `["alpha","`+wrong+`"]`, wrong)
	}
	check("remove_key", `["alpha","`+wrong+`","`+alphaKey+`"]`, wrong)
	// An error that nobody classified shows nothing of itself.
	b.gate.fail = errors.New("secret cause")
	if status, text := b.do(walletPath+"open", `"alpha"`); status != 500 || strings.Contains(text, "secret cause") || !strings.Contains(b.log.String(), "secret cause") {
		t.Errorf("%d %s", status, text)
	}
}

// TestPasswordsAreNeeded: an unlocked wallet shows and gives up no key without its
// password, an empty one included.
func TestPasswordsAreNeeded(t *testing.T) {
	for _, password := range []string{`""`, `null`, `"x"`, `" "`, `"` + namedPassword[:52] + `"`, `"` + namedPassword + ` "`} {
		b := newBench(t, func(c *DoorConfig) { c.Profile = antelope.Kiod }, "kiod-named")
		b.wallet(t, "unlock", `["kiod-named","`+namedPassword+`"]`, 200)
		key := `"PUB_R1_6ZeMmoB1dwfg9BUs1p3NQiiboV6TztRXyrFbjVaA6tj7DxZBpo"`
		for endpoint, more := range map[string]string{
			"list_keys": "", "list_keys_by_name": "", "remove_key": "," + key, "remove_name": `,"a-key"`, "set_key_name": `,"x","a-key"`,
			"set_key_name_with_public_key": `,"x",` + key, "set_key_name_with_private_key": `,"x","5Jp6RjnnFTLEwPPynUVs3powmRmygfXaDxYRvDtfarZGjBSc5u4"`,
		} {
			if got := b.wallet(t, endpoint, `["kiod-named",`+password+more+`]`, 500); !strings.Contains(got, `"code":3120005`) || strings.Contains(got, "PVT_") {
				t.Errorf("%s with %s: %s", endpoint, password, got)
			}
		}
		for _, what := range []string{"export", "remove", "name"} {
			if b.gate.count(what) != 0 {
				t.Errorf("%s came to the gate with %s", what, password)
			}
		}
	}
}

// TestEveryKindIsAnswered: each kind of error has a proper answer.
func TestEveryKindIsAnswered(t *testing.T) {
	b := newBench(t, func(c *DoorConfig) { c.Verbose = true })
	for k := fault.Internal; k <= fault.Canceled; k++ {
		if _, ok := kinds[k]; !ok {
			t.Errorf("%s has no translation", k)
		}
		b.gate.fail = k.Wrap(fault.Storage.New("the disk is full"), "something is wrong")
		status, text := b.do(walletPath+"open", `"alpha"`)
		checkEnvelope(t, status, text)
		if status < 400 {
			t.Errorf("%s: status %d", k, status)
		}
		if k != fault.Busy && k != fault.Exhausted && k != fault.Canceled && !strings.Contains(text, "the disk is full") {
			t.Errorf("%s: the cause is not shown: %s", k, text)
		}
	}
	for c := range descriptions {
		if d := descriptions[c]; d.name == "" || d.what == "" && c != codeBusy {
			t.Errorf("%d has no description", c)
		}
	}
}

// TestRefusalsAreReported: the gate learns of refusals that it did not make.
func TestRefusalsAreReported(t *testing.T) {
	b := newBench(t, nil, "alpha")
	b.do(walletPath+"sign_digest", `["`+someDigest+`","`+alphaKey+`"]`)
	b.do(walletPath+"import_key", `["alpha","x"]`)
	b.wallet(t, "open", `"alpha"`, 200)
	b.do(walletPath+"list_keys", `["alpha","x"]`)
	if len(b.gate.refused) != 3 {
		t.Errorf("reported: %v", b.gate.refused)
	}
}
