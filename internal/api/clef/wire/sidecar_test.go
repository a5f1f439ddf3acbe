package wire

import (
	"bytes"
	"strings"
	"testing"

	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// withBlob are arguments with one blob of small field elements.
func withBlob(version uint8) *SendTxArgs {
	blob := make(Data, blobSize)
	for i := 31; i < blobSize; i += 32 {
		blob[i] = byte(i / 32)
	}
	to := AddressOf([20]byte{7})
	fee := Quantity{31: 3}
	return &SendTxArgs{
		From: AddressOf([20]byte{1}), To: &to, MaxFeePerGas: &fee, MaxPriorityFeePerGas: &fee, MaxFeePerBlobGas: &fee,
		Blobs: []Data{blob}, BlobVersion: version,
	}
}

// TestSidecar makes sidecars of both versions, checks them, and notices what is wrong with
// them.
func TestSidecar(t *testing.T) {
	for version, proofs := range map[uint8]int{0: 1, 1: cellsPerBlob} {
		a := withBlob(version)
		if err := a.Complete(); err != nil {
			t.Fatal(err)
		}
		if len(a.Commitments) != 1 || len(a.Proofs) != proofs || len(a.BlobVersionedHashes) != 1 || a.BlobVersionedHashes[0][0] != 1 {
			t.Fatalf("version %d: %d commitments, %d proofs, hashes %v", version, len(a.Commitments), len(a.Proofs), a.BlobVersionedHashes)
		}
		if err := a.Complete(); err != nil {
			t.Errorf("version %d: what was made does not verify: %v", version, err)
		}
		checkNetwork(t, a)
		bad := *a
		bad.Proofs = append([]Data{a.Commitments[0]}, a.Proofs[1:]...)
		if err := bad.Complete(); err == nil || !strings.HasPrefix(fault.Text(err), "failed to verify blob proof: ") {
			t.Errorf("version %d: a wrong proof: %v", version, err)
		}
		bad = *a
		bad.BlobVersionedHashes = []Hash{{1}}
		if err := bad.Complete(); err == nil || !strings.HasPrefix(fault.Text(err), "blob hash verification failed (have=0x01") {
			t.Errorf("version %d: a wrong hash: %v", version, err)
		}
	}
}

// checkNetwork takes the form of the network apart.
func checkNetwork(t *testing.T, a *SendTxArgs) {
	t.Helper()
	req, err := ToRequest(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	members := rlp.Members(req.Payload[1:])
	signed := rlp.AppendList([]byte{blobTx}, append(bytes.Clone(members), 1, 2, 3))
	result, err := ResultOf(signed, a)
	if err != nil {
		t.Fatal(err)
	}
	if result.Raw[0] != blobTx {
		t.Errorf("the form of the network begins with %x", result.Raw[0])
	}
	r := rlp.ReadList(result.Raw[1:])
	tx, _ := r.Item()
	if got := rlp.AppendList([]byte{blobTx}, tx); !bytes.Equal(got, signed) {
		t.Errorf("the transaction is %x", got)
	}
	if len(a.Proofs) > 1 {
		if version := r.Uint64(); version != 1 {
			t.Errorf("version %d", version)
		}
	}
	for _, want := range [][]Data{a.Blobs, a.Commitments, a.Proofs} {
		list := r.List()
		for i := range want {
			if got := list.Bytes(); !bytes.Equal(got, want[i]) {
				t.Errorf("element %d is %.10x, want %.10x", i, got, want[i])
			}
		}
		r.Join(&list)
	}
	if err := r.End(); err != nil {
		t.Error(err)
	}
	alone, err := ResultOf(signed, nil)
	if err != nil || !bytes.Equal(alone.Raw, signed) {
		t.Errorf("without a sidecar it is %x, %v", alone.Raw, err)
	}
}

// TestComplete: what the members say together.
func TestComplete(t *testing.T) {
	const to = `"from":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826","to":"0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0"`
	const point = `"0xc0` + "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" + `"`
	const auth = `"authorizationList":[{"chainId":"0x1","address":"0x07a565b7ed7d7a678680a4c162885bedbb695fe0","nonce":"0x0","yParity":"0x0","r":"0x1","s":"0x1"}]`
	const hashes = `"blobVersionedHashes":["0x010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014"]`
	blob := `"blobs":["0x` + strings.Repeat("00", blobSize) + `"]`
	for text, want := range map[string]string{
		to:                                   "",
		to + `,"data":"0x01","input":"0x02"`: `ambiguous request: both "data" and "input" are set and are not identical`,
		to + `,"data":"0x01","input":"0x01"`: "",
		to + `,` + hashes:                    "maxFeePerBlobGas must be set for blob transactions",
		to + `,"maxFeePerBlobGas":"0x0",` + hashes:                                   "",
		`"blobVersionedHashes":[]`:                                                   "transaction recipient must be set for blob transactions",
		to + `,"blobVersionedHashes":[]`:                                             "",
		to + `,"blobs":[]`:                                                           "",
		to + `,"commitments":[` + point + `]`:                                        "blob proofs or commitments provided while blobs were not",
		to + `,` + blob + `,"commitments":[` + point + `]`:                           "blob commitments provided while proofs were not",
		to + `,` + blob + `,"proofs":[` + point + `]`:                                "blob proofs provided while commitments were not",
		to + `,` + blob + `,"proofs":[],"commitments":[]`:                            "number of blobs and commitments mismatch (have=0, want=1)",
		to + `,` + blob + `,"blobVersionedHashes":[]`:                                "number of blobs and hashes mismatch (have=0, want=1)",
		to + `,` + blob + `,"commitments":[` + point + `],"proofs":[]`:               "number of proofs and blobs mismatch (have=0, want=1 or 128)",
		to + `,"maxFeePerGas":"0x1",` + auth:                                         "",
		to + `,` + auth:                                                              "maxFeePerGas must be set for set-code transactions",
		`"maxFeePerGas":"0x1",` + auth:                                               "transaction recipient must be set for set-code transactions",
		to + `,"maxFeePerGas":"0x1","authorizationList":[]`:                          "authorizationList must not be empty",
		to + `,"maxFeePerGas":"0x1","maxFeePerBlobGas":"0x1",` + hashes + `,` + auth: "a transaction has blobs or an authorizationList, not both",
		to + `,"gasPrice":"0x1","type":"0x0"`:                                        "",
		to + `,"maxFeePerGas":"0x1","type":"0x2"`:                                    "",
		to + `,"maxFeePerGas":"0x1","type":"0x2",` + auth:                            "type 0x2 does not fit the other members, which make a transaction of type 0x4",
		to + `,"gasPrice":"0x1","type":"0x2"`:                                        "type 0x2 does not fit the other members, which make a transaction of type 0x0",
	} {
		a, err := ParseTransaction([]byte("{" + text + "}"))
		if err != nil {
			t.Errorf("%.200s: %v", text, err)
			continue
		}
		err = a.Complete()
		if want == "" && err != nil || want != "" && (err == nil || fault.Text(err) != want) {
			t.Errorf("%.200s: %v, want %q", text, err, want)
		}
		if err == nil && a.Input != nil {
			t.Errorf("%.200s: the data is left in input", text)
		}
	}
}
