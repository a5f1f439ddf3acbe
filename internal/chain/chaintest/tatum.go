package chaintest

import (
	"os"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Vector is one recorded signing of testdata/golden/tatum, whose README describes it.
type Vector struct {
	Name                string
	Chain               string // upper-case symbol: "ETH"
	Testnet             bool
	Wallets             map[string]map[string]any // by signature id
	Pending             Pending
	NodeCalls           []Call
	Broadcast           *Call // nil where the peer fails and nothing is to be sent
	SentToNode          jsontext.Value
	OtherBroadcasts     jsontext.Value
	PeerError           string
	UnmodifiedPeerError string
	Node                jsontext.Value `json:"-"` // what the emulated nodes answered
}

// Pending is a transaction that waits to be signed.
type Pending struct {
	ID                    string   `json:"id"`
	SerializedTransaction string   `json:"serializedTransaction"`
	Hashes                []string `json:"hashes"` // signature ids of the wallets
	Signatures            []struct {
		ID    string `json:"id"`
		Index uint32 `json:"index"`
	} `json:"signatures"`
	Index               *uint32        `json:"index"`
	WithdrawalID        string         `json:"withdrawalId"`
	WithdrawalResponses jsontext.Value `json:"withdrawalResponses"`
}

// Call is one recorded HTTP call.
type Call struct {
	Method string         `json:"method"`
	Path   string         `json:"path"`
	RPC    jsontext.Value `json:"rpc"`
	Body   jsontext.Value `json:"body"`
	Reply  jsontext.Value `json:"reply"`
}

// TxData is what had to be broadcast.
func (v Vector) TxData(t testing.TB) string {
	t.Helper()
	var body struct {
		TxData string `json:"txData"`
	}
	if v.Broadcast == nil || json.Unmarshal(v.Broadcast.Body, &body) != nil {
		t.Fatalf("%s: no broadcast", v.Name)
	}
	return body.TxData
}

// Vectors are the recorded signings of some chains on one kind of network. It fails
// where a chain has none. golden is the folder, from the test's own.
func Vectors(t testing.TB, golden string, testnet bool, chains ...string) []Vector {
	t.Helper()
	name := golden + "/sign-mainnet.json"
	if testnet {
		name = golden + "/sign-testnet.json"
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Node    jsontext.Value `json:"node"`
		Vectors []Vector       `json:"vectors"`
	}
	if err := json.Unmarshal(data, &file, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	var found []Vector
	seen := map[string]bool{}
	for _, v := range file.Vectors {
		if slices.Contains(chains, v.Chain) {
			v.Node = file.Node
			found = append(found, v)
			seen[v.Chain] = true
		}
	}
	for _, c := range chains {
		if !seen[c] {
			t.Fatalf("%s has no vectors of %s", name, c)
		}
	}
	return found
}
