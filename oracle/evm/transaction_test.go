// Package evm holds Ethereum's transactions, authorizations, messages and typed data
// against go-ethereum: digests, signed bytes, and what effects say.
package evm

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/holiman/uint256"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	ours "strongroom/internal/chain/evm"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/oracle/random"
)

const product = "../../internal/chain/evm/testdata/"

// generic is the chain that signs for every network.
func generic() ours.Chain {
	return ours.New(chain.Network{ID: "evm", Symbol: "ETH", Decimals: 18}, ours.Params{})
}

// aliceKey is the private key of whoever signs here, and alice its address.
const (
	aliceKey = "1ab42cc412b618bdea3a599e3c9bae199ebf030895b039e9db1e30dafb12b727"
	alice    = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func signer(t testing.TB) curve.PublicKey {
	return chaintest.PublicKey(t, curve.Secp256k1, unhex(t, aliceKey))
}

// ethersFile is what the tests of the product have from ethers.
type ethersFile struct {
	Transactions []struct {
		Unsigned, Signed string
		JSON             json.RawMessage
	}
}

func readJSON[T any](t testing.TB, name string) (data T) {
	t.Helper()
	text, err := os.ReadFile(product + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &data); err != nil {
		t.Fatal(err)
	}
	return data
}

func ethers(t testing.TB) ethersFile {
	t.Helper()
	file := readJSON[ethersFile](t, "ethers.json")
	if len(file.Transactions) < 50 {
		t.Fatalf("only %d transactions", len(file.Transactions))
	}
	return file
}

// unsignedOf is the preimage of the digest that go-ethereum hashes, made from the
// members of the signed form.
func unsignedOf(t testing.TB, tx *types.Transaction) []byte {
	t.Helper()
	all, err := tx.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var prefix []byte
	if tx.Type() != types.LegacyTxType {
		prefix, all = all[:1], all[1:]
	}
	var members []rlp.RawValue
	if err := rlp.DecodeBytes(all, &members); err != nil {
		t.Fatal(err)
	}
	members = members[:len(members)-3]
	if tx.Type() == types.LegacyTxType && tx.Protected() {
		id, err := rlp.EncodeToBytes(tx.ChainId())
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, id, []byte{0x80}, []byte{0x80})
	}
	list, err := rlp.EncodeToBytes(members)
	if err != nil {
		t.Fatal(err)
	}
	return append(bytes.Clone(prefix), list...)
}

// theirs is the transaction that go-ethereum reads in a preimage, with a signature of
// zeros, and who hashes it. It is nil where there is none.
func theirs(t testing.TB, payload []byte) (*types.Transaction, types.Signer) {
	t.Helper()
	var prefix []byte
	list := payload
	if payload[0] < 0xc0 {
		prefix, list = payload[:1], payload[1:]
	}
	var members []rlp.RawValue
	if err := rlp.DecodeBytes(list, &members); err != nil {
		return nil, nil
	}
	var hasher types.Signer = types.HomesteadSigner{}
	v := rlp.RawValue{27}
	if prefix != nil {
		v = rlp.RawValue{0x80}
	} else if len(members) == 9 {
		var id big.Int
		if err := rlp.DecodeBytes(members[6], &id); err != nil {
			return nil, nil
		}
		hasher = types.NewEIP155Signer(&id)
		encoded, err := rlp.EncodeToBytes(new(big.Int).Add(new(big.Int).Lsh(&id, 1), big.NewInt(35)))
		if err != nil {
			t.Fatal(err)
		}
		members, v = members[:6], encoded
	}
	encoded, err := rlp.EncodeToBytes(append(members, v, rlp.RawValue{0x80}, rlp.RawValue{0x80}))
	if err != nil {
		t.Fatal(err)
	}
	var tx types.Transaction
	if tx.UnmarshalBinary(append(bytes.Clone(prefix), encoded...)) != nil {
		return nil, nil
	}
	if prefix != nil {
		hasher = types.NewPragueSigner(tx.ChainId())
	}
	return &tx, hasher
}

// agree decodes a payload. What is accepted go-ethereum reads too, hashes and writes
// signed the same, and finds the same value, receiver and fee in it.
func agree(t testing.TB, payload []byte) (accepted bool) {
	t.Helper()
	in, err := generic().Decode(chain.Request{Form: ours.FormTransaction, Payload: payload, Signer: signer(t)})
	if err != nil {
		if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
			t.Fatalf("kind of %v", err)
		}
		return false
	}
	tx, hasher := theirs(t, payload)
	if tx == nil {
		t.Fatalf("go-ethereum does not read %x", payload)
	}
	if want := hasher.Hash(tx); !bytes.Equal(in.Tasks[0].Message, want[:]) {
		t.Fatalf("digest of %x: %x, go-ethereum %x", payload, in.Tasks[0].Message, want)
	}
	made := chaintest.SignAll(t, in, unhex(t, aliceKey))
	signed, err := in.Finish(made)
	if err != nil {
		t.Fatal(err)
	}
	withSignature, err := tx.WithSignature(hasher, made[0])
	if err != nil {
		t.Fatalf("%x: %v", payload, err)
	}
	if want, err := withSignature.MarshalBinary(); err != nil || !bytes.Equal(signed, want) {
		t.Fatalf("%x is signed as %x, by go-ethereum as %x, %v", payload, signed, want, err)
	}
	if from, err := types.Sender(hasher, withSignature); err != nil || from != common.HexToAddress(alice) {
		t.Fatalf("go-ethereum: sent by %s, %v", from, err)
	}
	effects(t, in, tx)
	return true
}

// effects compares what is shown with what go-ethereum has.
func effects(t testing.TB, in *chain.Intent, tx *types.Transaction) {
	t.Helper()
	shows := func(want chain.Effect) {
		t.Helper()
		for _, e := range in.Effects {
			if e.Kind == want.Kind && (want.Asset == "" || e.Asset == want.Asset) && (want.Amount == "" || e.Amount == want.Amount) &&
				(want.To == "" || e.To == want.To) && (want.From == "" || e.From == want.From) && (want.Subject == "" || e.Subject == want.Subject) {
				return
			}
		}
		t.Fatalf("no effect %+v in %+v", want, in.Effects)
	}
	fee := new(big.Int).Mul(tx.GasFeeCap(), new(big.Int).SetUint64(tx.Gas()))
	shows(chain.Effect{Kind: chain.Fee, Asset: "ETH", Amount: fee.String()})
	if n := len(tx.BlobHashes()); n > 0 {
		shows(chain.Effect{Kind: chain.Fee, Asset: "ETH", Subject: "blobs", Amount: new(big.Int).Mul(tx.BlobGasFeeCap(), new(big.Int).SetUint64(tx.BlobGas())).String()})
	}
	if tx.To() == nil {
		shows(chain.Effect{Kind: chain.Deploy, To: crypto.CreateAddress(common.HexToAddress(alice), tx.Nonce()).Hex()})
	} else if tx.Value().Sign() > 0 {
		shows(chain.Effect{Kind: chain.Move, Asset: "ETH", Amount: tx.Value().String(), To: tx.To().Hex()})
	}
	for _, a := range tx.SetCodeAuthorizations() {
		want := chain.Effect{Kind: chain.Authority, Subject: "code"}
		if a.Address != (common.Address{}) {
			want.To = a.Address.Hex()
		}
		if from, err := a.Authority(); err == nil {
			want.From = from.Hex()
		}
		shows(want)
	}
}

// transaction is a random one of go-ethereum's, not signed.
func transaction(t testing.TB, r *rand.Rand) (*types.Transaction, types.Signer) {
	t.Helper()
	address := func() common.Address { return common.Address(random.Bytes(r, 20)) }
	number := func(bits int) *big.Int {
		n := new(big.Int).SetBytes(random.Bytes(r, bits/8))
		return n.Rsh(n, uint(r.IntN(bits+1)))
	}
	wide := func(n *big.Int) *uint256.Int { return uint256.MustFromBig(n) }
	// Prices whose product with the gas is no number of 256 bits are refused.
	price, tip := number(128), new(big.Int)
	if price.Sign() > 0 {
		tip.Mod(number(128), price)
	}
	id := big.NewInt(int64(1 + random.Edge(r, 32)))
	nonce, gas, value := random.Edge(r, 63), random.Edge(r, 40), number(200)
	data := random.Bytes(r, random.Pick(r, 0, 0, 1, 4, 36, 68, 100))
	if len(data) >= 4 && r.IntN(2) == 0 {
		copy(data, random.Pick(r, "\xa9\x05\x9c\xbb", "\x09\x5e\xa7\xb3", "\x23\xb8\x72\xdd"))
	}
	receiver := address()
	to := &receiver
	if r.IntN(5) == 0 {
		to = nil
	}
	var access types.AccessList
	for range random.Pick(r, 0, 0, 1, 3) {
		tuple := types.AccessTuple{Address: address(), StorageKeys: []common.Hash{}}
		for range r.IntN(3) {
			tuple.StorageKeys = append(tuple.StorageKeys, common.Hash(random.Bytes(r, 32)))
		}
		access = append(access, tuple)
	}
	var of types.TxData
	switch r.IntN(6) {
	case 0:
		return types.NewTx(&types.LegacyTx{Nonce: nonce, GasPrice: price, Gas: gas, To: to, Value: value, Data: data}), types.HomesteadSigner{}
	case 1:
		return types.NewTx(&types.LegacyTx{Nonce: nonce, GasPrice: price, Gas: gas, To: to, Value: value, Data: data}), types.NewEIP155Signer(id)
	case 2:
		of = &types.AccessListTx{ChainID: id, Nonce: nonce, GasPrice: price, Gas: gas, To: to, Value: value, Data: data, AccessList: access}
	case 3:
		of = &types.DynamicFeeTx{ChainID: id, Nonce: nonce, GasTipCap: tip, GasFeeCap: price, Gas: gas, To: to, Value: value, Data: data, AccessList: access}
	case 4:
		b := &types.BlobTx{ChainID: wide(id), Nonce: nonce, GasTipCap: wide(tip), GasFeeCap: wide(price), Gas: gas, To: receiver,
			Value: wide(value), Data: data, AccessList: access, BlobFeeCap: wide(number(128))}
		for range 1 + r.IntN(4) {
			b.BlobHashes = append(b.BlobHashes, common.Hash(append([]byte{1}, random.Bytes(r, 31)...)))
		}
		of = b
	default:
		s := &types.SetCodeTx{ChainID: wide(id), Nonce: nonce, GasTipCap: wide(tip), GasFeeCap: wide(price), Gas: gas, To: receiver,
			Value: wide(value), Data: data, AccessList: access}
		for range 1 + r.IntN(3) {
			s.AuthList = append(s.AuthList, authorization(t, r, id))
		}
		of = s
	}
	return types.NewTx(of), types.NewPragueSigner(id)
}

// authorization is a random one, mostly signed by somebody.
func authorization(t testing.TB, r *rand.Rand, id *big.Int) types.SetCodeAuthorization {
	t.Helper()
	a := types.SetCodeAuthorization{ChainID: *uint256.MustFromBig(random.Pick(r, id, new(big.Int))), Nonce: random.Edge(r, 63)}
	if r.IntN(5) > 0 {
		a.Address = common.Address(random.Bytes(r, 20))
	}
	if r.IntN(4) == 0 {
		a.V, a.R, a.S = byte(r.IntN(2)), *uint256.NewInt(r.Uint64()), *uint256.NewInt(r.Uint64())
		return a
	}
	key, err := crypto.ToECDSA(append(random.Bytes(r, 31), 1))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := types.SignSetCode(key, a)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// preimage is what is signed of a transaction that has no signature yet.
func preimage(t testing.TB, tx *types.Transaction, hasher types.Signer) []byte {
	t.Helper()
	signed, err := tx.WithSignature(hasher, append(bytes.Repeat([]byte{1}, 64), 0))
	if err != nil {
		t.Fatal(err)
	}
	return unsignedOf(t, signed)
}

// TestTransactions decodes what ethers has signed, and random transactions.
func TestTransactions(t *testing.T) {
	files := 0
	for _, v := range ethers(t).Transactions {
		if !agree(t, unhex(t, v.Unsigned)) {
			t.Errorf("%s is refused", v.Unsigned)
		}
		// ethers writes neither blobs nor authorizations into its JSON.
		if req, err := generic().ReadFile(v.JSON); err == nil && agree(t, req.Payload) {
			files++
		}
	}
	if files < 30 {
		t.Errorf("only %d files were read", files)
	}
	r := random.New(1)
	seen := map[byte]int{}
	for range 1500 {
		tx, hasher := transaction(t, r)
		if payload := preimage(t, tx, hasher); agree(t, payload) {
			seen[tx.Type()]++
		}
	}
	for kind := range byte(5) {
		if seen[kind] < 150 {
			t.Errorf("only %d random transactions of type %d were accepted", seen[kind], kind)
		}
	}
}

// TestAuthorizations: what is signed alone has go-ethereum's digest.
func TestAuthorizations(t *testing.T) {
	r := random.New(2)
	for range 300 {
		a := authorization(t, r, big.NewInt(int64(r.IntN(1000))))
		list, err := rlp.EncodeToBytes([]any{&a.ChainID, a.Address, a.Nonce})
		if err != nil {
			t.Fatal(err)
		}
		in, err := generic().Decode(chain.Request{Form: ours.FormAuthorization, Payload: append([]byte{5}, list...), Signer: signer(t)})
		if err != nil {
			t.Fatalf("%x: %v", list, err)
		}
		if want := a.SigHash(); !bytes.Equal(in.Tasks[0].Message, want[:]) {
			t.Fatalf("digest of %x: %x, go-ethereum %x", list, in.Tasks[0].Message, want)
		}
	}
}

// FuzzPayload: both agree on any preimage that is accepted.
func FuzzPayload(f *testing.F) {
	for _, v := range ethers(f).Transactions {
		f.Add(unhex(f, v.Unsigned))
	}
	f.Fuzz(func(t *testing.T, payload []byte) { agree(t, payload) })
}

// FuzzStructured: the same for transactions that the fuzzer composes, and damages.
func FuzzStructured(f *testing.F) {
	f.Add([]byte("a transaction of some type"))
	f.Fuzz(func(t *testing.T, choices []byte) {
		r := random.From(choices)
		tx, hasher := transaction(t, r)
		payload := preimage(t, tx, hasher)
		agree(t, payload)
		payload[r.IntN(len(payload))] ^= 1 << r.IntN(8)
		agree(t, payload)
	})
}

// FuzzSigned: whatever go-ethereum reads as a signed transaction that fits is read
// here unsigned, and written signed as it was.
func FuzzSigned(f *testing.F) {
	for _, v := range ethers(f).Transactions {
		f.Add(unhex(f, v.Signed))
	}
	f.Fuzz(func(t *testing.T, signed []byte) {
		var tx types.Transaction
		if tx.UnmarshalBinary(signed) != nil || tx.BlobTxSidecar() != nil {
			return
		}
		v, r, s := tx.RawSignatureValues()
		if tx.Type() != types.LegacyTxType && v.BitLen() > 1 || r.BitLen() > 256 || s.BitLen() > 256 || tx.Value().BitLen() > 256 {
			return
		}
		made := make([]byte, 65)
		r.FillBytes(made[:32])
		s.FillBytes(made[32:64])
		made[64] = byte(v.Uint64())
		if tx.Type() == types.LegacyTxType {
			if made[64] = byte(v.Uint64()-35) & 1; !tx.Protected() {
				if v.Uint64() != 27 && v.Uint64() != 28 {
					return
				}
				made[64] = byte(v.Uint64() - 27)
			}
		}
		in, err := generic().Decode(chain.Request{Form: ours.FormTransaction, Payload: unsignedOf(t, &tx), Signer: signer(t)})
		if err != nil {
			if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("kind of %v", err)
			}
			return // a chain id or nonce out of range
		}
		if got, err := in.Finish([][]byte{made}); err != nil || !bytes.Equal(got, signed) {
			t.Fatalf("%x is written as %x, %v", signed, got, err)
		}
	})
}
