package clef

import (
	"encoding/hex"
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
	"github.com/holiman/uint256"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/chain"
	"strongroom/internal/chain/evm"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/oracle/random"
)

const (
	testKey     = "c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4"
	testAddress = `"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"`
	testChain   = 5
)

// What callers may write for a member of each kind; the first is most often taken.
var (
	quantities = []string{`"0x5"`, `"0x0"`, `"0x1"`, `""`, `"0x"`, `"0x01"`, `null`, `5`, `"0x10000000000000000"`, `"12"`, `"0xzz"`, `"0X7"`, `"0xABC"`, `true`, `{}`,
		`[]`, `"0x` + strings.Repeat("f", 64) + `"`, `"0x1` + strings.Repeat("0", 64) + `"`}
	addresses = []string{testAddress, strings.ToLower(testAddress), `"0X` + testAddress[3:], `"0xcd"`, `null`, `""`, `"0x"`, `"` + testAddress[3:], `7`, `"0xzz` + testAddress[5:], `"zzzz"`}
	data      = []string{`"0x0102"`, `"0x"`, `"0xABCD"`, `""`, `"0x1"`, `"zz"`, `"0xzz"`, `null`, `1`, `[]`}
	accesses  = []string{`[]`, `null`, `{}`, `5`, `[{}]`, `[{"address":null,"storageKeys":[]}]`, `[{"address":` + testAddress + `}]`,
		`[{"address":` + testAddress + `,"storageKeys":["0x` + strings.Repeat("0", 63) + `f"]}]`, `[{"address":` + testAddress + `,"storageKeys":["0x01"]}]`}
	hashes = []string{`["0x01` + strings.Repeat("ab", 31) + `"]`, `null`, `["0x01"]`, `5`}
)

// arguments are a transaction object, often one with a mistake.
func arguments(r *rand.Rand) []byte {
	var list []string
	add := func(name string, some []string, often int) {
		if r.IntN(10) >= often {
			return
		}
		value := some[0]
		if r.IntN(8) == 0 {
			value = some[r.IntN(len(some))]
		}
		list = append(list, `"`+name+`":`+value)
	}
	add("from", addresses, 10)
	add("to", addresses, 8)
	for _, name := range []string{"gas", "value", "nonce"} {
		add(name, quantities, 7)
	}
	for _, name := range []string{"gasPrice", "maxFeePerGas", "maxPriorityFeePerGas", "chainId"} {
		add(name, quantities, 4)
	}
	add("data", data, 4)
	add("input", data, 2)
	add("accessList", accesses, 3)
	if r.IntN(5) == 0 {
		add("blobVersionedHashes", hashes, 10)
		add("maxFeePerBlobGas", quantities, 10)
	}
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return []byte("{" + strings.Join(list, ",") + "}")
}

// TestTransactions holds the reading of transactions, what the UI is shown, and what is
// signed and answered against go-ethereum.
func TestTransactions(t *testing.T) {
	r := random.New(40)
	outcomes := map[string]int{}
	for range 4_000 {
		outcomes[compareTransaction(t, arguments(r))]++
	}
	for outcome, least := range map[string]int{"malformed": 400, "impossible": 10, "signed": 600} {
		if outcomes[outcome] < least {
			t.Errorf("%d transactions are %s; the comparison hardly happens", outcomes[outcome], outcome)
		}
	}
}

// compareTransaction takes one through both, and says how far it comes.
func compareTransaction(t *testing.T, text []byte) string {
	var theirs apitypes.SendTxArgs
	theirErr := json.Unmarshal(text, &theirs)
	ours, err := wire.ParseTransaction(text)
	if theirErr != nil || err != nil {
		// Of two mistakes the peer names another one.
		if theirErr == nil || err == nil || theirErr.Error() != fault.Text(err) && !strings.HasPrefix(fault.Text(err), "json: cannot unmarshal ") {
			t.Errorf("%s:\n%v, they say\n%v", text, err, theirErr)
		}
		return "malformed"
	}
	theirJSON, _ := json.Marshal(theirs)
	if ourJSON, _ := ours.MarshalJSON(); string(ourJSON) != string(theirJSON) {
		t.Errorf("%s is shown as\n%s, by them as\n%s", text, ourJSON, theirJSON)
	}
	tx, theirErr := theirs.ToTransaction()
	ambiguous := theirs.Data != nil && theirs.Input != nil && string(*theirs.Data) != string(*theirs.Input)
	err = ours.Complete()
	switch {
	case ambiguous || theirErr == nil && err != nil && theirs.BlobFeeCap == nil: // we ask for the fee of blobs
		if err == nil {
			t.Errorf("%s is complete", text)
		}
		return "impossible"
	case theirErr != nil || err != nil:
		if theirErr == nil || err == nil || theirErr.Error() != fault.Text(err) {
			t.Errorf("%s:\n%v, they say\n%v", text, err, theirErr)
		}
		return "impossible"
	case ours.From.IsZero():
		return "of nobody"
	}
	req, err := wire.ToRequest(ours, testChain)
	if err != nil {
		if theirs.ChainID.ToInt().Uint64() == testChain {
			t.Errorf("%s: %v", text, err)
		}
		return "of another chain"
	}
	compareSigned(t, text, req, ours, tx)
	return "signed"
}

func compareSigned(t *testing.T, text []byte, req chain.Request, ours *wire.SendTxArgs, tx *types.Transaction) {
	key, err := crypto.HexToECDSA(testKey)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := types.SignTx(tx, types.LatestSignerForChainID(big.NewInt(testChain)), key)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	result, err := wire.ResultOf(signed(t, req), ours)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	theirRaw, _ := theirs.MarshalBinary()
	if string(result.Raw) != string(theirRaw) {
		t.Errorf("%s:\nraw %x, theirs\n%x", text, result.Raw, theirRaw)
	}
	if theirJSON, _ := json.Marshal(theirs); string(result.Tx) != string(theirJSON) {
		t.Errorf("%s:\ntx %s, theirs\n%s", text, result.Tx, theirJSON)
	}
	back, err := wire.FromRaw(ours.From, req.Payload)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if again, err := wire.ToRequest(back, testChain); err != nil || string(again.Payload) != string(req.Payload) {
		t.Errorf("%s: from binary and back it is %x, %v", text, again.Payload, err)
	}
}

// signed takes a request through the chain and signs it with the test key.
func signed(t *testing.T, req chain.Request) []byte {
	t.Helper()
	private, err := hex.DecodeString(testKey)
	if err != nil {
		t.Fatal(err)
	}
	key := secp256k1.PrivKeyFromBytes(private)
	if req.Signer, err = curve.NewPublicKey(curve.Secp256k1, key.PubKey().SerializeCompressed()); err != nil {
		t.Fatal(err)
	}
	intent, err := evm.New(chain.Network{ID: "evm", Symbol: "ETH"}, evm.Params{}).Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	s := ecdsa.SignCompact(key, intent.Tasks[0].Message, true)
	out, err := intent.Finish([][]byte{append(s[1:], s[0]-31)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSetCode compares a transaction of EIP-7702, which Clef never knew, with the type
// that go-ethereum has for it.
func TestSetCode(t *testing.T) {
	key, err := crypto.HexToECDSA(testKey)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := types.SignSetCode(key, types.SetCodeAuthorization{
		ChainID: *uint256.NewInt(testChain), Address: common.HexToAddress("0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0"), Nonce: 3,
	})
	if err != nil {
		t.Fatal(err)
	}
	to := common.HexToAddress("0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A")
	tx := types.NewTx(&types.SetCodeTx{
		ChainID: uint256.NewInt(testChain), Nonce: 7, GasTipCap: uint256.NewInt(1), GasFeeCap: uint256.NewInt(2), Gas: 60_000, To: to,
		Value: uint256.NewInt(9), Data: []byte{1, 2}, AuthList: []types.SetCodeAuthorization{authority},
	})
	list, err := json.Marshal([]types.SetCodeAuthorization{authority})
	if err != nil {
		t.Fatal(err)
	}
	text := `{"from":` + testAddress + `,"to":"` + to.Hex() + `","gas":"0xea60","maxFeePerGas":"0x2","maxPriorityFeePerGas":"0x1",` +
		`"value":"0x9","nonce":"0x7","data":"0x0102","authorizationList":` + string(list) + `}`
	ours, err := wire.ParseTransaction([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := ours.Complete(); err != nil {
		t.Fatal(err)
	}
	if shown, _ := ours.MarshalJSON(); !strings.HasSuffix(string(shown), `,"authorizationList":`+string(list)+`}`) {
		t.Errorf("the UI is shown %s", shown)
	}
	req, err := wire.ToRequest(ours, testChain)
	if err != nil {
		t.Fatal(err)
	}
	compareSigned(t, []byte(text), req, ours, tx)
}

// TestBlobs compares sidecars of both versions, and the form of the network.
func TestBlobs(t *testing.T) {
	blob := make([]byte, 131_072)
	for i := 31; i < len(blob); i += 32 {
		blob[i] = byte(i)
	}
	for _, version := range []string{"", `,"blobVersion":1`} {
		text := []byte(`{"from":` + testAddress + `,"to":` + testAddress + `,"maxFeePerGas":"0x2","maxPriorityFeePerGas":"0x1","maxFeePerBlobGas":"0x3",` +
			`"blobs":["0x` + hex.EncodeToString(blob) + `"]` + version + `}`)
		var theirs apitypes.SendTxArgs
		if err := json.Unmarshal(text, &theirs); err != nil {
			t.Fatal(err)
		}
		tx, err := theirs.ToTransaction()
		if err != nil {
			t.Fatal(err)
		}
		ours, err := wire.ParseTransaction(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := ours.Complete(); err != nil {
			t.Fatal(err)
		}
		theirJSON, _ := json.Marshal(theirs)
		if ourJSON, _ := ours.MarshalJSON(); string(ourJSON) != string(theirJSON) {
			t.Errorf("%s: the UI is shown something else", version)
		}
		req, err := wire.ToRequest(ours, testChain)
		if err != nil {
			t.Fatal(err)
		}
		key, err := crypto.HexToECDSA(testKey)
		if err != nil {
			t.Fatal(err)
		}
		signedTx, err := types.SignTx(tx, types.LatestSignerForChainID(big.NewInt(testChain)), key)
		if err != nil {
			t.Fatal(err)
		}
		result, err := wire.ResultOf(signed(t, req), ours)
		if err != nil {
			t.Fatal(err)
		}
		theirRaw, _ := signedTx.MarshalBinary()
		theirTx, _ := json.Marshal(signedTx)
		if string(result.Raw) != string(theirRaw) || string(result.Tx) != string(theirTx) {
			t.Errorf("%s: another result", version)
		}
	}
}
