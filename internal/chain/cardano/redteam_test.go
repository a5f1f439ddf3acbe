package cardano_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"golang.org/x/crypto/blake2b"

	"strongroom/internal/chain"
	"strongroom/internal/chain/cardano"
	"strongroom/internal/fault"
)

// Small writers of CBOR, in hex.
func head(major, n int) string {
	switch {
	case n < 24:
		return hex.EncodeToString([]byte{byte(major<<5 | n)})
	case n < 256:
		return hex.EncodeToString([]byte{byte(major<<5 | 24), byte(n)})
	case n < 1<<16:
		return hex.EncodeToString([]byte{byte(major<<5 | 25), byte(n >> 8), byte(n)})
	}
	return hex.EncodeToString([]byte{byte(major<<5 | 26), byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

func number(n int) string              { return head(0, n) }
func str(b ...byte) string             { return head(2, len(b)) + hex.EncodeToString(b) }
func hash(b byte, n int) string        { return str(bytes.Repeat([]byte{b}, n)...) }
func arr(items ...string) string       { return head(4, len(items)) + strings.Join(items, "") }
func dict(entries ...string) string    { return head(5, len(entries)/2) + strings.Join(entries, "") }
func tagged(n int, item string) string { return head(6, n) + item }

// The addresses of the tests: enterprise and reward account of the key hash 0707…, and
// of the script hash 5c5c….
func enterprise() string   { return str(append([]byte{0x61}, bytes.Repeat([]byte{7}, 28)...)...) }
func scriptHolder() string { return str(append([]byte{0x71}, bytes.Repeat([]byte{0x5c}, 28)...)...) }
func rewards() string      { return str(append([]byte{0xe1}, bytes.Repeat([]byte{7}, 28)...)...) }

const (
	mine   = "addr1vyrswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpcfxqeyc"
	script = "addr1w9w9chzut3w9chzut3w9chzut3w9chzut3w9chzut3w9chqelrggd"
	stake  = "stake1uyrswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpc4vqlc2"
	pool   = "pool1qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qursw2w89e2"
)

// body is a body with one input, an output of 5 ADA, a fee of 0.17 ADA, and more.
func body(more ...string) string {
	entries := []string{
		number(0), tagged(258, arr(arr(hash(1, 32), number(0)))), number(1), arr(arr(enterprise(), number(5_000_000))), number(2), number(170_000),
	}
	return dict(append(entries, more...)...)
}

func cert(members ...string) string { return body(number(4), tagged(258, arr(arr(members...)))) }

func keyCredential() string { return arr(number(0), hash(7, 28)) }

// TestRedTeam: transactions that give something away in a place where few look.
func TestRedTeam(t *testing.T) {
	big := dict(number(0), enterprise(), number(1), arr(number(1_500_000), dict(hash(0xaa, 28), dict(str('G'), "1bffffffffffffffff"))))
	cases := map[string]struct{ body, want string }{
		"a second output": {dict(number(0), arr(arr(hash(1, 32), number(0))), number(1), arr(arr(enterprise(), number(1)), arr(scriptHolder(), number(9_000_000), hash(3, 32))), number(2), number(170_000)),
			"move asset=ADA amount=9000000 from=inputs to=" + script},
		"tokens besides a little ADA": {dict(number(0), arr(arr(hash(1, 32), number(0))), number(1), arr(big), number(2), number(1)),
			"move asset=" + strings.Repeat("aa", 28) + ".47 amount=18446744073709551615 from=inputs to=" + mine},
		"a value before its address": {dict(number(0), arr(), number(1), arr(dict(number(1), number(7), number(0), enterprise())), number(2), number(0)),
			"move asset=ADA amount=7 from=inputs to=" + mine},
		"everything as the fee":      {dict(number(2), "1b0000ffffffffffff", number(1), "80", number(0), arr(arr(hash(1, 32), number(0)))), "fee asset=ADA amount=281474976710655 from=inputs"},
		"a warning for that fee":     {dict(number(2), "1b0000ffffffffffff", number(1), "80", number(0), arr(arr(hash(1, 32), number(0)))), "warning: the fee is more than a tenth"},
		"a donation to the treasury": {body(number(22), number(4_000_000)), "move asset=ADA amount=4000000 from=inputs to=treasury"},
		"rewards drawn":              {body(number(5), dict(rewards(), number(123))), "move asset=ADA amount=123 from=" + stake + " to=inputs"},
		"collateral of unknown size": {body(number(13), arr(arr(hash(2, 32), number(1)))), "move asset=ADA amount=all from=collateral inputs to=network"},
		"collateral of known size":   {body(number(13), arr(arr(hash(2, 32), number(1))), number(17), number(99)), "move asset=ADA amount=99 from=collateral inputs to=network"},
		"collateral returned to somebody": {body(number(13), arr(arr(hash(2, 32), number(1))), number(16), arr(scriptHolder(), number(98))),
			"move asset=ADA amount=98 from=collateral inputs to=" + script},
		"tokens burnt":                {body(number(9), dict(hash(0xaa, 28), dict(str('G'), "24"))), "destroy asset=" + strings.Repeat("aa", 28) + ".47 amount=5 from=inputs"},
		"tokens made":                 {body(number(9), dict(hash(0xaa, 28), dict(str('G'), number(5)))), "deploy asset=" + strings.Repeat("aa", 28) + ".47 amount=5"},
		"stake delegated":             {cert(number(2), keyCredential(), hash(7, 28)), "register asset= amount= from=" + stake + " to=" + pool},
		"a deposit drawn back":        {cert(number(8), keyCredential(), number(2_000_000)), "register asset=ADA amount=2000000 from=" + stake},
		"votes given away":            {cert(number(9), keyCredential(), arr(number(1), hash(7, 28))), "authority asset= amount= from=" + stake + " to=drep1y"},
		"votes for no confidence":     {cert(number(12), keyCredential(), arr(number(3)), number(2_000_000)), "authority asset= amount= from=" + stake + " to=always no confidence"},
		"a committee key handed over": {cert(number(14), keyCredential(), arr(number(1), hash(9, 28))), "authority asset= amount= from=cc_cold1"},
		"a pool's rewards redirected": {cert(number(3), hash(7, 28), hash(8, 32), number(1), number(2), tagged(30, arr(number(1), number(1))), rewards(), arr(hash(9, 28)), "80", "f6"),
			"register asset= amount= from=" + pool + " to=" + stake + " subject=pool detail=registers or changes the pool: rewards to this account, pledge 1, cost 2, margin 1/1"},
		"a certificate of an ended kind":  {cert(number(6), arr(number(0), number(5))), "opaque asset= amount= from= to= subject=certificate of kind 6"},
		"a certificate that is not known": {cert(number(99), "a0"), "opaque asset= amount= from= to= subject=certificate of kind 99"},
		"an update of the protocol":       {body(number(6), arr("a0", number(5))), "opaque asset= amount= from= to= subject=key 6 of the transaction's body"},
		"an entry that is not known":      {body(number(23), "a0"), "opaque asset= amount= from= to= subject=key 23 of the transaction's body"},
		"scripts with arguments":          {body(number(11), hash(0xdd, 32)), "opaque asset= amount= from= to= subject=" + strings.Repeat("dd", 32)},
		"a proposal's deposit": {body(number(20), arr(arr(number(100_000), rewards(), arr(number(2), dict(rewards(), number(7)), "f6"), arr("6161", hash(1, 32))))),
			"register asset=ADA amount=100000 from=inputs to=" + stake},
		"a proposal to pay from the treasury": {body(number(20), arr(arr(number(100_000), rewards(), arr(number(2), dict(rewards(), number(7)), "f6"), arr("6161", hash(1, 32))))),
			"opaque asset= amount= from= to= subject=governance action detail=treasury withdrawals"},
		"money to a script without a datum": {dict(number(0), arr(), number(1), arr(arr(scriptHolder(), number(9))), number(2), number(0)), "warning: the output to the script address " + script + " has no datum"},
	}
	if len(cases) < 24 {
		t.Errorf("%d cases", len(cases))
	}
	for name, c := range cases {
		for _, payload := range []string{c.body, "84" + c.body + "a0f5f6", "9f" + c.body + "bffff5f6ff"} {
			in, err := mainnet().Decode(chain.Request{Form: cardano.FormTransaction, Payload: unhex(t, payload), Signer: someKey(t)})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := lines(in); !strings.Contains(got, c.want) {
				t.Errorf("%s: no %q in\n%s", name, c.want, got)
			}
			if in.Effects[len(in.Effects)-1].Kind != chain.Fee {
				t.Errorf("%s: no fee", name)
			}
		}
	}
	// Arguments for scripts alone make it opaque too.
	in, err := mainnet().Preview(chain.Request{Form: cardano.FormTransaction, Payload: unhex(t, "84"+body()+dict(number(5), "80")+"f5f6")})
	if err != nil || !strings.Contains(lines(in), "opaque") {
		t.Errorf("redeemers: %v", err)
	}
}

// TestRefused: what has two readings, or one that the ledger does not have, is refused.
func TestRefused(t *testing.T) {
	other := str(append([]byte{0x60}, bytes.Repeat([]byte{7}, 28)...)...)
	aux := dict(number(674), "6568656c6c6f")
	sum := blake2b.Sum256(unhex(t, aux))
	right := body(number(7), str(sum[:]...))
	if _, err := mainnet().Preview(chain.Request{Form: cardano.FormTransaction, Payload: unhex(t, "84"+right+"a0f5"+aux)}); err != nil {
		t.Fatal(err)
	}
	for name, payload := range map[string]string{
		"nothing": "", "an empty body": "a0", "no array": "01", "three members": "83" + body() + "a0f6", "five members": "85" + body() + "a0f5f6f6",
		"failing scripts":                     "84" + body() + "a0f4f6",
		"a key twice":                         body(number(2), number(1)),
		"a key twice in another width":        body("1802", number(1)),
		"a key that is text":                  body("6132", number(1)),
		"an address of the other network":     body(number(16), arr(other, number(1))),
		"a reward account as a receiver":      body(number(16), arr(rewards(), number(1))),
		"an address as a reward account":      body(number(5), dict(enterprise(), number(1))),
		"a reward account twice":              body(number(5), dict(rewards(), number(1), rewards(), number(2))),
		"a policy twice":                      body(number(9), dict(hash(1, 28), dict(str('G'), number(5)), hash(1, 28), dict(str('H'), "24"))),
		"an asset twice":                      body(number(9), dict(hash(1, 28), dict(str('G'), number(5), str('G'), "24"))),
		"a voter twice":                       body(number(19), dict(arr(number(2), hash(7, 28)), dict(arr(hash(1, 32), number(0)), arr(number(1), "f6")), arr(number(2), hash(7, 28)), dict(arr(hash(2, 32), number(0)), arr(number(0), "f6")))),
		"a datum twice":                       body(number(16), dict(number(0), enterprise(), number(1), number(1), number(2), arr(number(0), hash(1, 32)), number(2), arr(number(0), hash(1, 32)))),
		"an asset name that is too long":      body(number(9), dict(hash(1, 28), dict(hash(1, 33), number(5)))),
		"a network id of the other network":   body(number(15), number(0)),
		"an output with a key twice":          body(number(16), dict(number(0), enterprise(), number(1), number(1), number(1), number(2))),
		"an output without a value":           body(number(16), dict(number(0), enterprise())),
		"an output with a key that is new":    body(number(16), dict(number(0), enterprise(), number(1), number(1), number(4), number(2))),
		"a certificate with a member more":    cert(number(0), keyCredential(), number(1)),
		"a certificate with a member too few": cert(number(2), keyCredential()),
		"a negative fee":                      dict(number(0), "80", number(1), "80", number(2), "20"),
		"a datum that is no CBOR":             body(number(16), dict(number(0), enterprise(), number(1), number(1), number(2), arr(number(1), tagged(24, str(0xff))))),
		"auxiliary data that are missing":     "84" + right + "a0f5f6",
		"auxiliary data that are others":      "84" + right + "a0f5" + dict(number(674), "6568656c6c70"),
		"auxiliary data without a hash":       "84" + body() + "a0f5" + aux,
		"an unknown witness":                  "84" + body() + dict(number(8), "80") + "f5f6",
		"witnesses twice":                     "84" + body() + dict(number(0), "80", number(0), "80") + "f5f6",
		"a short witness":                     "84" + body() + dict(number(0), arr(arr(hash(1, 31), hash(1, 64)))) + "f5f6",
		"deep nesting":                        body(number(30), strings.Repeat("81", 100)+"00"),
		"a map with a key twice inside":       body(number(30), dict(number(1), number(1), number(1), number(2))),
		"a reserved head":                     body(number(30), "1c"),
		"a break outside":                     body(number(30), "ff"),
		"text that is not UTF-8":              body(number(30), "61ff"),
		"a length beyond the end":             body(number(30), "5bffffffffffffffff"),
		"a count beyond the end":              body(number(30), "9bffffffffffffffff"),
		"a Byron address with a wrong sum":    body(number(16), arr(str(unhex(t, arr(tagged(24, str(0x80)), number(1)))...), number(1))),
	} {
		if _, err := mainnet().Preview(chain.Request{Form: cardano.FormTransaction, Payload: unhex(t, payload)}); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, file := range map[string]string{
		"nothing": "", "no transaction": `{"type":"PaymentSigningKeyShelley_ed25519","description":"","cborHex":"5820` + strings.Repeat("00", 32) + `"}`,
		"an unknown member": `{"type":"Tx ConwayEra","description":"","cborHex":"` + right + `","more":1}`, "no hex": "zz", "half": right[:len(right)/2],
	} {
		if _, err := mainnet().ReadFile([]byte(file)); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := mainnet().Preview(chain.Request{Form: cardano.FormTransaction, Payload: make([]byte, 64<<10+1)}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a large payload: %v", err)
	}
	if _, err := mainnet().ReadFile(make([]byte, 1<<20)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a large file: %v", err)
	}
}
