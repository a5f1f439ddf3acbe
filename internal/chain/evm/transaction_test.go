package evm

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func bigOf(text string) *big.Int {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		panic(text)
	}
	return n
}

// TestEIP155 is the example of EIP-155.
func TestEIP155(t *testing.T) {
	private := bytes.Repeat([]byte{0x46}, 32)
	payload := unhex(t, "ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080")
	in, err := ethereum().Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: chaintest.PublicKey(t, curve.Secp256k1, private)})
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(in.Tasks[0].Message); got != "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53" {
		t.Errorf("digest %s", got)
	}
	out, err := in.Finish(chaintest.SignAll(t, in, private))
	const want = "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
	if got := in.Encoding.Encode(out); err != nil || got != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	if want := (chain.Effect{Kind: chain.Move, Asset: "ETH", Amount: "1000000000000000000", To: "0x3535353535353535353535353535353535353535"}); !shows(in, want) {
		t.Errorf("effects\n%s", describe(in.Effects))
	}
	if want := (chain.Effect{Kind: chain.Fee, Asset: "ETH", Amount: "420000000000000"}); !shows(in, want) {
		t.Errorf("effects\n%s", describe(in.Effects))
	}
}

// TestEthersTransactions signs what ethers signed, byte for byte, from its unsigned
// serialisation.
func TestEthersTransactions(t *testing.T) {
	file := readJSON[ethersFile](t, "testdata/ethers.json")
	seen := map[int]int{}
	for _, v := range file.Transactions {
		seen[v.Type]++
		in := decode(t, generic(), v.Unsigned)
		if got := "0x" + hex.EncodeToString(in.Tasks[0].Message); got != v.Digest {
			t.Errorf("digest %s, want %s", got, v.Digest)
		}
		out := sign(t, in)
		if got := in.Encoding.Encode(out); got != v.Signed {
			t.Errorf("got  %s\nwant %s", got, v.Signed)
		}
		comesBack(t, generic(), unhex(t, v.Unsigned))
		for _, form := range []string{v.Signed, v.Signed[2:]} {
			if _, err := generic().ReadFile([]byte(form)); !fault.Is(err, fault.InvalidPayload) || !strings.Contains(fault.Text(err), "signed") && v.Type != 0 {
				t.Errorf("a signed transaction of type %d was read: %v", v.Type, err)
			}
		}
	}
	for kind := range 5 {
		if seen[kind] < 10 {
			t.Errorf("%d transactions of type %d", seen[kind], kind)
		}
	}
}

// comesBack reads a payload: it is written as it was, and signed as its members with the
// signature behind.
func comesBack(t testing.TB, c Chain, payload []byte) {
	t.Helper()
	tx, err := c.parse(payload)
	if err != nil {
		t.Fatal(err)
	}
	if again := tx.encode(); !bytes.Equal(again, payload) {
		t.Fatalf("%x is encoded as %x", payload, again)
	}
	digest := hexaccount.Keccak(payload)
	made := chaintest.Sign(t, chain.Task{Key: signer(t), Scheme: curve.ECDSASecp256k1, Message: digest[:]}, unhex(t, aliceKey))
	s, err := oneSignature([][]byte{made})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tx.finish(s), withSignature(t, payload, made); !bytes.Equal(got, want) {
		t.Fatalf("%x is signed as %x, want %x", payload, got, want)
	}
}

// TestAuthorizationAuthority recovers who signed the authorizations of EIP-7702.
func TestAuthorizationAuthority(t *testing.T) {
	seen := 0
	for _, v := range readJSON[ethersFile](t, "testdata/ethers.json").Transactions {
		if v.Type != 4 {
			continue
		}
		tx, err := generic().parse(unhex(t, v.Unsigned))
		if err != nil {
			t.Fatal(err)
		}
		for i := range tx.authorizations {
			seen++
			got, ok := tx.authorizations[i].authority()
			if !ok || hexaccount.Checksummed(got) != alice {
				t.Errorf("authority %x, %v", got, ok)
			}
			tx.authorizations[i].r.SetInt64(0)
			if a, ok := tx.authorizations[i].authority(); ok {
				t.Errorf("authority %x of no signature", a)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d authorizations", seen)
	}
}

func TestAuthorizations(t *testing.T) {
	for _, v := range readJSON[ethersFile](t, "testdata/ethers.json").Authorizations {
		a := authorization{chainID: new(big.Int).SetUint64(v.ChainID), address: addressOf(t, v.Address), nonce: v.Nonce}
		in := decode(t, ethereum(), hex.EncodeToString(a.preimage()))
		if got := in.Encoding.Encode(sign(t, in)); got != v.Signature || "0x"+hex.EncodeToString(in.Tasks[0].Message) != v.Digest {
			t.Errorf("signature %s of %x, want %s of %s", got, in.Tasks[0].Message, v.Signature, v.Digest)
		}
		if !shows(in, chain.Effect{Kind: chain.Authority, From: alice, To: v.Address, Subject: "code"}) {
			t.Errorf("effects\n%s", describe(in.Effects))
		}
	}
}

// TestRefusals holds payloads that have no meaning, or more than one spelling.
func TestRefusals(t *testing.T) {
	key := signer(t)
	for name, c := range map[string]struct{ payload, want string }{
		"empty":                     {"", "empty"},
		"other network":             {"ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080388080", "chain id 56"},
		"chain id zero":             {"ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080808080", "chain id 0"},
		"signed":                    {"f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83", "signed"},
		"number with leading zero":  {"ee820009" + "8504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080", "number"},
		"zero as a byte":            {"ec008504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080", "number"},
		"long form of a length":     {"f82c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080", "shortest"},
		"byte in a string of one":   {"ed8109" + "8504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080", "shortest"},
		"receiver of 19 bytes":      {"eb098504a817c8008252089335353535353535353535353535353535353535880de0b6b3a764000080018080", "length"},
		"ten members":               {"ed098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008001808080", "more members"},
		"seven members":             {"ea098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008001", "end"},
		"nonce beyond EIP-2681":     {"f488ffffffffffffffff" + "8504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080", "nonce"},
		"list for a number":         {"ecc08504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080", "list"},
		"unknown type":              {"05c0", "type 0x05"},
		"type without list":         {"02", "end"},
		"blobs without a receiver":  {"03cb0180808080808080c080c0", "create"},
		"length that overflows":     {"ffffffffffffffffff", "end"},
		"length beyond the data":    {"f9ffff", "end"},
		"set code without receiver": {"04ca0180808080808080c0c0", "create"},
	} {
		_, err := ethereum().Decode(chain.Request{Form: FormTransaction, Payload: unhex(t, c.payload), Signer: key})
		if !fault.Is(err, fault.InvalidPayload) || !strings.Contains(fault.Text(err), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	payload := unhex(t, "ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080")
	wrong := addressOf(t, bob)
	for name, c := range map[string]struct {
		req  chain.Request
		kind fault.Kind
	}{
		"no signer":                      {chain.Request{Form: FormTransaction, Payload: payload}, fault.UnknownKey},
		"another sender":                 {chain.Request{Form: FormTransaction, Payload: payload, Signer: key, Context: wrong[:]}, fault.UnknownKey},
		"a strange sender":               {chain.Request{Form: FormTransaction, Payload: payload, Signer: key, Context: []byte{1}}, fault.InvalidPayload},
		"unknown form":                   {chain.Request{Form: "tx", Payload: payload, Signer: key}, fault.Unsupported},
		"too large":                      {chain.Request{Form: FormMessage, Payload: make([]byte, maxPayload+1), Signer: key}, fault.TooLarge},
		"short digest":                   {chain.Request{Form: FormDigest, Payload: make([]byte, 31), Signer: key}, fault.InvalidPayload},
		"short validator":                {chain.Request{Form: FormValidatorMessage, Payload: make([]byte, 19), Signer: key}, fault.InvalidPayload},
		"authorization of another chain": {chain.Request{Form: FormAuthorization, Payload: (&authorization{chainID: bigOf("56")}).preimage(), Signer: key}, fault.InvalidPayload},
		"authorization of a huge chain":  {chain.Request{Form: FormAuthorization, Payload: (&authorization{chainID: new(big.Int).Lsh(bigOf("1"), 64)}).preimage(), Signer: key}, fault.InvalidPayload},
	} {
		if _, err := ethereum().Decode(c.req); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v, want %v", name, err, c.kind)
		}
	}
}

// TestFinishRefusesWhatHasNoForm: recovery ids above 1 cannot be written.
func TestFinishRefusesWhatHasNoForm(t *testing.T) {
	in := decode(t, ethereum(), `{"to":"`+bob+`","gas":21000,"gasPrice":1,"nonce":0}`)
	made := append(bytes.Repeat([]byte{1}, 64), 2)
	if out, err := in.Finish([][]byte{made}); err == nil {
		t.Errorf("finished as %x", out)
	}
}

// TestBounds: lists that would cost more than they are worth.
func TestBounds(t *testing.T) {
	to := addressOf(t, bob)
	base := transaction{envelope: setCode, chainID: 1, to: &to, value: bigOf("0"), gasPrice: bigOf("1")}
	many := base
	for range maxAuthorizations + 1 {
		many.authorizations = append(many.authorizations, authorization{chainID: bigOf("1"), r: bigOf("1"), s: bigOf("1")})
	}
	blobs := base
	blobs.envelope, blobs.blobs = blob, make([][32]byte, maxBlobs+1)
	wide := base
	wide.access = make([]accessEntry, maxAccess+1)
	for name, tx := range map[string]*transaction{"authorizations": &many, "blobs": &blobs, "access": &wide} {
		if _, err := ethereum().parse(tx.encode()); !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
