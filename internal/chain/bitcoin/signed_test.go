package bitcoin

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/chain"
)

var update = flag.Bool("update", false, "write testdata/signed.json anew")

// signedPSBT is a row of testdata/signed.json: what is signed here, which the tests in
// oracle/bitcoin complete and verify with btcutil's psbt. Bytes are in hex.
type signedPSBT struct {
	PSBT  string       `json:"psbt"`
	Coins []signedCoin `json:"coins"`
}

type signedCoin struct {
	Value  int64  `json:"value"`
	Script string `json:"script"`
}

// compare holds a signed PSBT, and what its inputs spend, against its row.
func compare(t *testing.T, name string, signed []byte, coins []coinOf) {
	t.Helper()
	const file = "testdata/signed.json"
	rows := map[string]signedPSBT{}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	got := signedPSBT{PSBT: hex.EncodeToString(signed)}
	for _, c := range coins {
		got.Coins = append(got.Coins, signedCoin{c.value, hex.EncodeToString(c.script)})
	}
	if *update {
		rows[name] = got
		if text, err = json.MarshalIndent(rows, "", "  "); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(rows[name], got); diff != "" {
		t.Errorf("%s differs from %s (-want +got):\n%s", name, file, diff)
	}
}

// Two people sign what they share, and what each of them has alone, in one PSBT.
func TestPartialSignatures(t *testing.T) {
	c := btc()
	script := multiSigScript(t, 2, "alice", "bob", "carol")
	legacy := append(append([]byte{op1 + 1}, push(push(nil, publicOf(t, person("bob")).Bytes()), longOf(t, "alice"))...), op1+1, opMultiSig)
	sum := sha256Of(script)
	coins := []coinOf{
		{10000, p2shScript(hash160(script))},
		{20000, witnessScript(0, sum)},
		{30000, p2shScript(hash160(witnessScript(0, sum)))},
		{40000, payTo(t, c, "alice", FormatNested)},
		{50000, payTo(t, c, "bob", FormatP2TR)},
		{60000, payTo(t, c, "alice", FormatP2PKH)},
		{70000, p2shScript(hash160(legacy))},
	}
	d := newDraft(true, coins, coinOf{200000, payTo(t, c, "carol", FormatP2PKH)})
	d.set(0, inRedeem, nil, script)
	d.set(1, inWitnessScript, nil, script)
	d.set(2, inRedeem, nil, witnessScript(0, sum))
	d.set(2, inWitnessScript, nil, script)
	d.set(6, inRedeem, nil, legacy)
	for _, i := range []int{1, 2, 3, 4} { // what the library needs to tell that they are of SegWit
		d.set(i, inWitnessUTXO, nil, encodeOutput(coins[i].value, coins[i].script))
	}
	first, once := sign(t, c, d.request(t, FormPSBT, "alice"), person("alice"))
	second, twice := sign(t, c, chain.Request{Form: FormPSBT, Payload: once, Signer: publicOf(t, person("bob"))}, person("bob"))
	if len(first.Tasks) != 6 || len(second.Tasks) != 5 {
		t.Errorf("%d and %d tasks", len(first.Tasks), len(second.Tasks))
	}
	compare(t, "partial", twice, coins)
}

// One person signs a PSBT that then needs nothing else.
func TestSignedPSBT(t *testing.T) {
	c := btc()
	coins := []coinOf{{50000, payTo(t, c, "alice", FormatP2WPKH)}}
	d := newDraft(true, coins, coinOf{40000, payTo(t, c, "bob", FormatP2PKH)})
	d.set(0, inWitnessUTXO, nil, encodeOutput(coins[0].value, coins[0].script)) // as the library needs it
	_, signed := sign(t, c, d.request(t, FormPSBT, "alice"), person("alice"))
	compare(t, "signed", signed, coins)
}
