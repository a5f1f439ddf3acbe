// Package bitcoin holds the reading and signing of PSBTs against btcutil's psbt: it
// makes PSBTs, completes what is signed here, and btcd's engine runs the scripts.
package bitcoin

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"strongroom/internal/chain"
	ours "strongroom/internal/chain/bitcoin"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/oracle/random"
)

const product = "../../internal/chain/bitcoin/testdata/"

func btc() *ours.Chain {
	c := ours.New(chain.Network{ID: "bitcoin", Symbol: "BTC", Decimals: 8, Algorithm: curve.Secp256k1}, ours.Bitcoin())
	return &c
}

// people are the private keys of all who sign.
func people() [][]byte {
	return [][]byte{bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32), bytes.Repeat([]byte{3}, 32)}
}

func publicKeys(t testing.TB) (keys []curve.PublicKey) {
	t.Helper()
	for _, p := range people() {
		keys = append(keys, chaintest.PublicKey(t, curve.Secp256k1, p))
	}
	return keys
}

// must gives a value that a library makes of good arguments.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// coin is an output that can be spent, with what its input has to say besides.
type coin struct {
	out             *wire.TxOut
	redeem, witness []byte
	segwit, taproot bool
	shared          bool // several people sign
}

// coinOf is a random one, whose script is the library's.
func coinOf(r *rand.Rand) coin {
	private := random.Pick(r, people()...)
	_, key := btcec.PrivKeyFromBytes(private)
	compressed := key.SerializeCompressed()
	c := coin{out: wire.NewTxOut(int64(1000+r.IntN(1<<40)), nil)}
	pay := func(script []byte) { c.out.PkScript = script }
	keyHash := func(b []byte) []byte {
		return must(txscript.NewScriptBuilder().AddOp(txscript.OP_DUP).AddOp(txscript.OP_HASH160).AddData(btcutil.Hash160(b)).
			AddOp(txscript.OP_EQUALVERIFY).AddOp(txscript.OP_CHECKSIG).Script())
	}
	program := func(b []byte) []byte {
		return must(txscript.NewScriptBuilder().AddOp(txscript.OP_0).AddData(b).Script())
	}
	scriptHash := func(b []byte) []byte {
		return must(txscript.NewScriptBuilder().AddOp(txscript.OP_HASH160).AddData(btcutil.Hash160(b)).AddOp(txscript.OP_EQUAL).Script())
	}
	// All of the people of a script sign, because the library takes no signature too many.
	multi := func() []byte {
		some := r.Perm(3)[:2+r.IntN(2)]
		b := txscript.NewScriptBuilder().AddInt64(int64(len(some)))
		for _, i := range some {
			_, key := btcec.PrivKeyFromBytes(people()[i])
			b.AddData(key.SerializeCompressed())
		}
		return must(b.AddInt64(int64(len(some))).AddOp(txscript.OP_CHECKMULTISIG).Script())
	}
	switch r.IntN(8) {
	case 0:
		pay(keyHash(compressed))
	case 1:
		pay(keyHash(key.SerializeUncompressed()))
	case 2:
		c.segwit = true
		pay(program(btcutil.Hash160(compressed)))
	case 3:
		c.segwit, c.redeem = true, program(btcutil.Hash160(compressed))
		pay(scriptHash(c.redeem))
	case 4:
		c.taproot = true
		pay(must(txscript.PayToTaprootScript(txscript.ComputeTaprootKeyNoScript(key))))
	case 5:
		c.redeem, c.shared = multi(), true
		pay(scriptHash(c.redeem))
	case 6:
		c.segwit, c.witness, c.shared = true, multi(), true
		pay(program(chainhash.HashB(c.witness)))
	default:
		c.segwit, c.witness, c.shared = true, multi(), true
		c.redeem = program(chainhash.HashB(c.witness))
		pay(scriptHash(c.redeem))
	}
	return c
}

// packet is a random PSBT, made by the library, and what it spends.
func packet(t testing.TB, r *rand.Rand) (*psbt.Packet, []coin) {
	t.Helper()
	var coins []coin
	tx := wire.NewMsgTx(random.Pick[int32](r, 1, 2))
	tx.LockTime = random.Pick[uint32](r, 0, 0, 1, 1<<32-1)
	var parents []*wire.MsgTx
	var total int64
	for range 1 + r.IntN(4) {
		c := coinOf(r)
		parent := wire.NewMsgTx(2)
		parent.AddTxIn(wire.NewTxIn(wire.NewOutPoint((*chainhash.Hash)(random.Bytes(r, 32)), r.Uint32N(9)), random.Bytes(r, 5), nil))
		if c.segwit && r.IntN(2) == 0 {
			parent.TxIn[0].Witness = wire.TxWitness{random.Bytes(r, 3)}
		}
		index := r.IntN(3)
		for range index {
			parent.AddTxOut(wire.NewTxOut(int64(r.IntN(1<<30)), random.Bytes(r, r.IntN(30))))
		}
		parent.AddTxOut(c.out)
		hash := parent.TxHash()
		input := wire.NewTxIn(wire.NewOutPoint(&hash, uint32(index)), nil, nil)
		input.Sequence = random.Pick[uint32](r, 0, 1<<32-1, 1<<32-3, r.Uint32())
		tx.AddTxIn(input)
		coins, parents, total = append(coins, c), append(parents, parent), total+c.out.Value
	}
	for range 1 + r.IntN(5) {
		value := r.Int64N(total/4 + 1)
		if total -= value; r.IntN(3) == 0 {
			tx.AddTxOut(wire.NewTxOut(value, random.Bytes(r, r.IntN(40))))
			continue
		}
		tx.AddTxOut(wire.NewTxOut(value, coinOf(r).out.PkScript))
	}
	p := must(psbt.NewFromUnsignedTx(tx))
	for i := range p.Inputs {
		in, c := &p.Inputs[i], coins[i]
		if legacy := !c.segwit && !c.taproot; legacy || r.IntN(2) == 0 {
			in.NonWitnessUtxo = parents[i]
		}
		if c.segwit || c.taproot {
			in.WitnessUtxo = c.out
		}
		in.RedeemScript, in.WitnessScript = c.redeem, c.witness
		if r.IntN(3) == 0 {
			kinds := []txscript.SigHashType{txscript.SigHashAll, txscript.SigHashNone, 0x81, 0x82}
			if i < len(tx.TxOut) {
				kinds = append(kinds, txscript.SigHashSingle, 0x83)
			}
			in.SighashType = random.Pick(r, kinds...)
		}
		if r.IntN(4) == 0 {
			in.Unknowns = []*psbt.Unknown{{Key: append([]byte{0xfc, 1, 'x'}, random.Bytes(r, r.IntN(5))...), Value: random.Bytes(r, r.IntN(9))}}
		}
	}
	return p, coins
}

func serialized(t testing.TB, p *psbt.Packet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.Serialize(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// verify completes a signed PSBT with the library, and runs the scripts.
func verify(t testing.TB, signed []byte, spent []*wire.TxOut) {
	t.Helper()
	p, err := psbt.NewFromRawBytes(bytes.NewReader(signed), false)
	if err != nil {
		t.Fatalf("%x: %v", signed, err)
	}
	if err := psbt.MaybeFinalizeAll(p); err != nil {
		t.Fatalf("%x: %v", signed, err)
	}
	tx, err := psbt.Extract(p)
	if err != nil {
		t.Fatalf("%x: %v", signed, err)
	}
	run(t, tx, spent)
}

func run(t testing.TB, tx *wire.MsgTx, spent []*wire.TxOut) {
	t.Helper()
	outputs := map[wire.OutPoint]*wire.TxOut{}
	for i, in := range tx.TxIn {
		outputs[in.PreviousOutPoint] = spent[i]
	}
	fetcher := txscript.NewMultiPrevOutFetcher(outputs)
	sums := txscript.NewTxSigHashes(tx, fetcher)
	for i := range tx.TxIn {
		vm, err := txscript.NewEngine(spent[i].PkScript, tx, i, txscript.StandardVerifyFlags, nil, sums, spent[i].Value, fetcher)
		if err == nil {
			err = vm.Execute()
		}
		if err != nil {
			t.Fatalf("input %d: %v", i, err)
		}
	}
}

// same reports whether the library finds the same in two PSBTs. The previous
// transactions are compared without witnesses, which are not kept here.
func same(t testing.TB, a, b []byte) bool {
	t.Helper()
	var texts [2][]byte
	for i, raw := range [][]byte{a, b} {
		p, err := psbt.NewFromRawBytes(bytes.NewReader(raw), false)
		if err != nil {
			t.Fatalf("%x: %v", raw, err)
		}
		for k := range p.Inputs {
			if previous := p.Inputs[k].NonWitnessUtxo; previous != nil {
				for _, in := range previous.TxIn {
					in.Witness = nil
				}
			}
		}
		texts[i] = serialized(t, p)
	}
	return bytes.Equal(texts[0], texts[1])
}

// agree signs a PSBT of the library's.
func agree(t testing.TB, r *rand.Rand) {
	t.Helper()
	p, coins := packet(t, r)
	raw := serialized(t, p)
	req, err := btc().ReadFile(raw)
	if err != nil {
		t.Fatalf("%x: %v", raw, err)
	}
	if !same(t, raw, req.Payload) {
		t.Fatalf("%x is read as %x", raw, req.Payload)
	}
	var spent []*wire.TxOut
	alone := true
	for _, c := range coins {
		spent, alone = append(spent, c.out), alone && !c.shared
	}
	req.Signers = publicKeys(t)
	in, err := btc().Decode(req)
	if err != nil {
		t.Fatalf("%x: %v", req.Payload, err)
	}
	effects(t, in, p)
	signed, err := in.Finish(chaintest.SignAll(t, in, people()...))
	if err != nil {
		t.Fatal(err)
	}
	verify(t, signed, spent)
	if !alone {
		return
	}
	req.Form = ours.FormTransaction
	if in, err = btc().Decode(req); err != nil {
		t.Fatalf("%x: %v", req.Payload, err)
	}
	if signed, err = in.Finish(chaintest.SignAll(t, in, people()...)); err != nil {
		t.Fatal(err)
	}
	var tx wire.MsgTx
	if err := tx.Deserialize(bytes.NewReader(signed)); err != nil {
		t.Fatalf("%x: %v", signed, err)
	}
	run(t, &tx, spent)
}

// effects compares what is shown with what the library reads: a Move for each output
// whose script has an address, and the fee.
func effects(t testing.TB, in *chain.Intent, p *psbt.Packet) {
	t.Helper()
	for i, out := range p.UnsignedTx.TxOut {
		if e := in.Effects[i]; e.Kind != chain.Opaque && (e.Kind != chain.Move || e.Amount != strconv.FormatInt(out.Value, 10)) {
			t.Fatalf("output %d of %d is shown as %+v", i, out.Value, e)
		}
	}
	fee, err := p.GetTxFee()
	last := in.Effects[len(in.Effects)-1]
	if last.Kind != chain.Fee || err == nil && last.Amount != "all" && last.Amount != strconv.FormatInt(int64(fee), 10) {
		t.Fatalf("the fee of %d is shown as %+v, %v", fee, last, err)
	}
}

func TestSigning(t *testing.T) {
	r := random.New(1)
	for range 200 {
		agree(t, r)
	}
}

// TestRecorded completes what the tests of the product have signed.
func TestRecorded(t *testing.T) {
	text, err := os.ReadFile(product + "signed.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows map[string]struct {
		PSBT  string `json:"psbt"`
		Coins []struct {
			Value  int64  `json:"value"`
			Script string `json:"script"`
		} `json:"coins"`
	}
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	for name, row := range rows {
		signed := must(hex.DecodeString(row.PSBT))
		var spent []*wire.TxOut
		for _, c := range row.Coins {
			spent = append(spent, wire.NewTxOut(c.Value, must(hex.DecodeString(c.Script))))
		}
		if p := must(psbt.NewFromRawBytes(bytes.NewReader(signed), false)); !bytes.Equal(serialized(t, p), signed) {
			t.Errorf("%s is written by the library as %x, want %x", name, serialized(t, p), signed)
		}
		verify(t, signed, spent)
	}
	if len(rows) < 2 {
		t.Errorf("only %d rows", len(rows))
	}
}

// TestTaprootKeys: the addresses of keys pay to the library's tweaked ones.
func TestTaprootKeys(t *testing.T) {
	r := random.New(2)
	for range 200 {
		private := random.Bytes(r, 32)
		_, key := btcec.PrivKeyFromBytes(private)
		want := append([]byte{txscript.OP_1, 32}, schnorr.SerializePubKey(txscript.ComputeTaprootKeyNoScript(key))...)
		address, err := btc().AddressAs(chaintest.PublicKey(t, curve.Secp256k1, private), ours.FormatP2TR)
		if err != nil {
			t.Fatal(err)
		}
		if script, err := btc().ParseAddress(address); err != nil || !bytes.Equal(script, want) {
			t.Fatalf("%s pays to %x, %v, want %x", address, script, err, want)
		}
	}
}

// FuzzPSBT: what is accepted of any data, the library reads as the same transaction,
// before and after it is signed.
func FuzzPSBT(f *testing.F) {
	r := random.New(3)
	for range 20 {
		p, _ := packet(f, r)
		if req, err := btc().ReadFile(serialized(f, p)); err == nil {
			f.Add(req.Payload)
		}
	}
	var file struct{ Valid []string }
	if err := json.Unmarshal(must(os.ReadFile(product+"bip174.json")), &file); err != nil || len(file.Valid) < 5 {
		f.Fatalf("%d published, %v", len(file.Valid), err)
	}
	for _, text := range file.Valid {
		f.Add(must(hex.DecodeString(text)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := btc().Decode(chain.Request{Form: ours.FormPSBT, Payload: raw, Signers: publicKeys(t)})
		if err != nil {
			if fault.Is(err, fault.Internal) {
				t.Fatal(err)
			}
			return
		}
		p, err := psbt.NewFromRawBytes(bytes.NewReader(raw), false)
		if err != nil {
			return // it knows more of fields that are carried through here
		}
		effects(t, in, p)
		signed, err := in.Finish(chaintest.SignAll(t, in, people()...))
		if err != nil {
			t.Fatal(err)
		}
		after, err := psbt.NewFromRawBytes(bytes.NewReader(signed), false)
		if err != nil || after.UnsignedTx.TxHash() != p.UnsignedTx.TxHash() {
			t.Fatalf("%x is signed as %x, which the library reads as another: %v", raw, signed, err)
		}
	})
}

// FuzzSigning: PSBTs that the fuzzer composes are signed so that the scripts run.
func FuzzSigning(f *testing.F) {
	f.Add([]byte("coins, outputs and who signs"))
	f.Fuzz(func(t *testing.T, choices []byte) { agree(t, random.From(choices)) })
}
