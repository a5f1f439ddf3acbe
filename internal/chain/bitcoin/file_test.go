package bitcoin

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/wire"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// bitcoreJSON is a file as Tatum hands it out, with a place for what is under test.
const bitcoreJSON = `{"hash":"e07495132568ad18864356e132b017f88f60882bf23a70bcad2c44d36c9fd21f","version":2,` +
	`"inputs":[{"prevTxId":"9f0631d804a1109f03e8d04b6b107d802fd8f31166c3157dc2807b95e49c9db7","outputIndex":0,"sequenceNumber":4294967295,"script":"","scriptString":"",` +
	`"output":{"satoshis":900000,"script":"76a914d986ed01b7a22225a70edbf2ba7cfb63a15cb3aa88ac"}}],` +
	`"outputs":[{"satoshis":400000,"script":"76a914df67004955e2e64a579d4283969f199c12e9c04188ac"},{"satoshis":498000,"script":"76a914d986ed01b7a22225a70edbf2ba7cfb63a15cb3aa88ac"}],"nLockTime":0}`

func TestReadBitcore(t *testing.T) {
	c := btc()
	req, err := c.ReadFile([]byte("\n" + bitcoreJSON + "\n"))
	if err != nil || req.Form != FormTransaction || string(req.Context) != "stated" {
		t.Fatalf("%+v, %v", req, err)
	}
	for name, edit := range map[string][2]string{
		"another hash":        {`"hash":"e0`, `"hash":"e1`},
		"another amount":      {`"satoshis":400000`, `"satoshis":400001`},
		"signed":              {`"script":"",`, `"script":"00",`},
		"signed in words":     {`"scriptString":""`, `"scriptString":"OP_0"`},
		"unknown member":      {`"nLockTime":0`, `"nLockTime":0,"extra":1`},
		"duplicate member":    {`"nLockTime":0`, `"nLockTime":0,"nLockTime":0`},
		"no output":           {`,"output":{"satoshis":900000,"script":"76a914d986ed01b7a22225a70edbf2ba7cfb63a15cb3aa88ac"}`, ``},
		"no amount":           {`"satoshis":900000,`, ``},
		"amount as text":      {`"satoshis":900000`, `"satoshis":"900000"`},
		"amount too low":      {`"satoshis":900000`, `"satoshis":897999`},
		"negative amount":     {`"satoshis":900000`, `"satoshis":-1`},
		"part of an amount":   {`"satoshis":900000`, `"satoshis":900000.5`},
		"no sequence":         {`"sequenceNumber":4294967295,`, ``},
		"no version":          {`"version":2,`, ``},
		"no lock time":        {`,"nLockTime":0`, ``},
		"short id":            {`9f0631`, `0631`},
		"script with no hex":  {`76a914df`, `zza914df`},
		"no inputs":           {`"inputs":[`, `"inputs":[],"x":[`},
		"cut off":             {`"nLockTime":0}`, `"nLockTime":0`},
		"something behind it": {`"nLockTime":0}`, `"nLockTime":0}{}`},
		"negative fee":        {`"nLockTime":0`, `"nLockTime":0,"fee":-1`},
	} {
		text := strings.Replace(bitcoreJSON, edit[0], edit[1], 1)
		if text == bitcoreJSON {
			t.Fatalf("%s changes nothing", name)
		}
		if _, err := c.ReadFile([]byte(text)); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.ReadFile([]byte(bitcoreJSON + strings.Repeat(" ", maxJSON) + "{")); !fault.Is(err, fault.TooLarge) {
		t.Errorf("large JSON: %v", err)
	}
	req, err = c.ReadFile([]byte(strings.Replace(bitcoreJSON, `"nLockTime":0`, `"nLockTime":0,"fee":2000,"changeIndex":1,"changeScript":"OP_DUP"`, 1)))
	if err != nil || string(req.Context) != "stated fee=2000" {
		t.Errorf("%+v, %v", req, err)
	}
}

func TestReadAmounts(t *testing.T) {
	c := networks(false)["BCH"]
	tx := newDraft(false, []coinOf{{1, nil}, {1, nil}}, coinOf{300000, payTo(t, c, "bob", FormatCashAddr)}).tx
	digits := hex.EncodeToString(appendUnsigned(nil, tx))
	for _, text := range []string{digits + ":[100000,250000]", "0x" + digits + ": [ 100000, 250000 ]\n"} {
		req, err := c.ReadFile([]byte(text))
		if err != nil || req.Form != FormTransaction || string(req.Context) != "amounts 100000,250000" {
			t.Fatalf("%q: %+v, %v", text, req, err)
		}
		// One key for both, each its own, or the same one twice.
		for names, want := range map[string]string{"alice": "alice alice", "alice bob": "alice bob", "bob alice": "bob alice", "alice alice": "alice alice"} {
			req.Signers = nil
			for _, n := range strings.Fields(names) {
				req.Signers = append(req.Signers, publicOf(t, person(n)))
			}
			in, signed := sign(t, c, req, people("alice", "bob")...)
			var got wire.MsgTx
			if err := got.Deserialize(bytes.NewReader(signed)); err != nil || len(in.Tasks) != 2 {
				t.Fatal(err)
			}
			for i, n := range strings.Fields(want) {
				if !bytes.HasSuffix(got.TxIn[i].SignatureScript, publicOf(t, person(n)).Bytes()) {
					t.Errorf("%s: input %d is signed as %x", names, i, got.TxIn[i].SignatureScript)
				}
			}
		}
		for _, n := range []int{0, 3} {
			req.Signers = nil
			for range n {
				req.Signers = append(req.Signers, publicOf(t, person("alice")))
			}
			if _, err := c.Decode(req); !fault.Is(err, fault.UnknownKey) {
				t.Errorf("%d keys: %v", n, err)
			}
		}
	}
	for _, text := range []string{
		digits + ":[100000]", digits + ":[100000,250000,1]", digits + ":[100000,-1]", digits + ":[100000,2.5]", digits + ":", digits + ":null",
		digits + ":[100000,250000]x", digits + ":[1,1]", digits + "00:[100000,250000]", "zz:[1,1]", digits + `:["100000","250000"]`, digits + ":[9223372036854775807,9223372036854775807]",
	} {
		if _, err := c.ReadFile([]byte(text)); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%.20s…%s: %v", text, text[max(0, len(text)-30):], err)
		}
	}
	if _, err := c.ReadFile([]byte(digits + ":[" + strings.Repeat("1,", maxAmounts) + "1]")); !fault.Is(err, fault.TooLarge) {
		t.Errorf("many amounts: %v", err)
	}
	if _, err := btc().ReadFile([]byte(digits + ":[100000,250000]")); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("amounts on Bitcoin: %v", err)
	}
}

func TestReadPSBT(t *testing.T) {
	c := btc()
	d := newDraft(true, []coinOf{{50000, payTo(t, c, "alice", FormatP2WPKH)}}, coinOf{49000, payTo(t, c, "bob", FormatP2PKH)})
	want := d.bytes()
	// The same with the previous transaction as the network sends it.
	var parent wire.MsgTx
	raw := d.packet.inputs[0].get(inPreviousTx)
	if err := parent.Deserialize(bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	parent.TxIn[0].Witness = wire.TxWitness{{1, 2}, nil, {3}}
	witnessed := *d.packet
	witnessed.inputs = []fields{{{[]byte{inPreviousTx}, serialize(&parent)}}}
	if _, err := c.Decode(chain.Request{Form: FormPSBT, Payload: witnessed.encode(), Signer: publicOf(t, person("alice"))}); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("previous transaction with witnesses: %v", err)
	}
	text := base64.StdEncoding.EncodeToString(want)
	for name, file := range map[string]string{
		"binary":          string(want),
		"with witnesses":  string(witnessed.encode()),
		"hex":             hex.EncodeToString(want),
		"upper hex":       strings.ToUpper(hex.EncodeToString(want)),
		"0x":              "0x" + hex.EncodeToString(want) + "\n",
		"base64":          text,
		"without padding": strings.TrimRight(text, "="),
		"with lines":      text[:64] + "\r\n" + text[64:] + "\n",
	} {
		req, err := c.ReadFile([]byte(file))
		if err != nil || req.Form != FormPSBT || !bytes.Equal(req.Payload, want) || req.Context != nil {
			t.Errorf("%s: %+v, %v", name, req, err)
		}
	}
	unsigned := hex.EncodeToString(appendUnsigned(nil, d.tx))
	_, err := c.ReadFile([]byte(unsigned))
	if !fault.Is(err, fault.InvalidPayload) || !strings.Contains(fault.Hint(err), "PSBT") {
		t.Errorf("a transaction alone: %v, hint %q", err, fault.Hint(err))
	}
	for _, file := range []string{"", " ", "{}", "[]", "null", "cHNidP8=", "70736274ff", unsigned[2:], "hello", string(want[:len(want)-1]), string(want) + "\n", text[:len(text)-8], text[1:]} {
		if _, err := c.ReadFile([]byte(file)); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%.40q: %v", file, err)
		}
	}
	if _, err := c.ReadFile(make([]byte, maxFile+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("large file: %v", err)
	}
}

func TestContext(t *testing.T) {
	for _, v := range []Context{
		{}, {Stated: true}, {Stated: true, HasFee: true}, {Stated: true, Fee: 2000, HasFee: true}, {Amounts: []int64{0}}, {Amounts: []int64{1, 9223372036854775807}},
	} {
		back, err := DecodeContext(v.Encode())
		if err != nil || !bytes.Equal(back.Encode(), v.Encode()) || back.Stated != v.Stated || back.Fee != v.Fee || back.HasFee != v.HasFee || len(back.Amounts) != len(v.Amounts) {
			t.Errorf("%+v comes back as %+v, %v", v, back, err)
		}
	}
	for _, text := range []string{
		" ", "Stated", "stated ", "stated fee=", "stated fee=-1", "stated fee=01", "stated fee=+1", "amounts", "amounts ", "amounts 1,", "amounts 01", "amounts 1, 2",
		"amounts 9223372036854775808", "amounts " + strings.Repeat("1,", maxInputs) + "1", strings.Repeat("x", 1<<20),
	} {
		if got, err := DecodeContext([]byte(text)); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%.40q is read as %+v, %v", text, got, err)
		}
	}
	// Amounts are for transactions of Bitcoin Cash, of which the PSBT says nothing more.
	out := coinOf{40000, payTo(t, btc(), "bob", FormatP2PKH)}
	context := Context{Amounts: []int64{50000}}.Encode()
	bare := newDraft(false, []coinOf{{50000, payTo(t, btc(), "alice", FormatP2PKH)}}, out).without(0, inWitnessUTXO)
	full := newDraft(false, []coinOf{{50000, payTo(t, btc(), "alice", FormatP2PKH)}}, out)
	for name, v := range map[string]struct {
		c   Chain
		req chain.Request
		ok  bool
	}{
		"Bitcoin Cash":                {networks(false)["BCH"], bare.request(t, FormTransaction, "alice"), true},
		"Bitcoin":                     {btc(), bare.request(t, FormTransaction, "alice"), false},
		"as a PSBT":                   {networks(false)["BCH"], bare.request(t, FormPSBT, "alice"), false},
		"described in the PSBT, too":  {networks(false)["BCH"], full.request(t, FormTransaction, "alice"), false},
		"Dogecoin, which has neither": {networks(false)["DOGE"], bare.request(t, FormTransaction, "alice"), false},
	} {
		v.req.Context = context
		if _, err := v.c.Decode(v.req); (err == nil) != v.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFacts: what a transaction says besides moving amounts.
func TestFacts(t *testing.T) {
	c := btc()
	d := newDraft(true, []coinOf{{50000, payTo(t, c, "alice", FormatP2WPKH)}, {1000, payTo(t, c, "bob", FormatP2PKH)}}, coinOf{49000, payTo(t, c, "bob", FormatP2PKH)})
	find := func(in *chain.Intent, name string) string {
		for _, f := range in.Facts {
			if f.Name == name {
				return f.Value
			}
		}
		return ""
	}
	decode := func() *chain.Intent {
		in, err := c.Decode(d.request(t, FormPSBT, "alice"))
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	in := decode()
	if find(in, "version") != "2" || find(in, "lock time") != "" || find(in, "replaceable") != "" || find(in, "input 0 waits") != "" {
		t.Error(describe(in))
	}
	id := d.tx.TxIn[1].PreviousOutPoint.Hash.String()
	if got := find(in, "input 1"); got != id+":1, 1000 from "+addressAs(t, c, "bob", FormatP2PKH)+", not signed here" {
		t.Errorf("input 1: %s", got)
	}
	d.tx.LockTime = 800000
	if got := find(decode(), "lock time"); got != "block 800000, not heeded: all inputs are final" {
		t.Errorf("lock time %q", got)
	}
	d.tx.TxIn[0].Sequence = 144
	in = decode()
	if find(in, "lock time") != "block 800000" || find(in, "input 0 waits") != "144 blocks" || find(in, "replaceable") == "" {
		t.Error(describe(in))
	}
	d.tx.LockTime, d.tx.TxIn[0].Sequence = 1800000000, relativeInTime|2
	in = decode()
	if find(in, "lock time") != "2027-01-15T08:00:00Z" || find(in, "input 0 waits") != "1024 seconds" {
		t.Error(describe(in))
	}
	d.tx.Version, d.tx.TxIn[0].Sequence = 1, 0xfffffffe
	in = decode()
	if find(in, "input 0 waits") != "" || find(in, "replaceable") != "" {
		t.Error(describe(in))
	}
}
