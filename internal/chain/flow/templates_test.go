package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

const owner = "0xe467b9dd11fa00df"

// keyText is a Crypto.KeyListEntry as flow-go-sdk writes it.
const keyText = `{"value":{"id":"I.Crypto.Crypto.KeyListEntry","fields":[{"value":{"value":"0","type":"Int"},"name":"keyIndex"},` +
	`{"value":{"value":{"id":"PublicKey","fields":[{"value":{"value":[{"value":"1","type":"UInt8"},{"value":"254","type":"UInt8"}],"type":"Array"},"name":"publicKey"},` +
	`{"value":{"value":{"id":"SignatureAlgorithm","fields":[{"value":{"value":"2","type":"UInt8"},"name":"rawValue"}]},"type":"Enum"},"name":"signatureAlgorithm"}]},"type":"Struct"},"name":"publicKey"},` +
	`{"value":{"value":{"id":"HashAlgorithm","fields":[{"value":{"value":"3","type":"UInt8"},"name":"rawValue"}]},"type":"Enum"},"name":"hashAlgorithm"},` +
	`{"value":{"value":"1000.00000000","type":"UFix64"},"name":"weight"},{"value":{"value":false,"type":"Bool"},"name":"isRevoked"}]},"type":"Struct"}` + "\n"

const (
	one     = `{"value":"1.00000000","type":"UFix64"}` + "\n"
	node    = `{"type":"String","value":"88549335"}`
	nobody  = `{"type":"Optional","value":null}`
	third   = `{"type":"Optional","value":{"type":"UInt32","value":"3"}}`
	mallory = `{"type":"Address","value":"0x1654653399040a61"}`
	vault   = `{"type":"String","value":"flowTokenVault"}`
)

// TestKnownScripts: what each known script does is shown, with what its arguments say.
func TestKnownScripts(t *testing.T) {
	cases := map[string]struct {
		read      func(a *arguments, from string) []chain.Effect
		arguments []string
		want      []chain.Effect
	}{
		"transfer": {transfer("FLOW", true), []string{mallory, one}, []chain.Effect{
			{Kind: chain.Move, Asset: "FLOW", Amount: "100000000", From: owner, To: "0x1654653399040a61"}}},
		"any token": {transferPaths, []string{one, mallory, `{"type":"String","value":"exampleVault"}`, `{"type":"String","value":"exampleReceiver"}`}, []chain.Effect{
			{Kind: chain.Move, Asset: "token at /storage/exampleVault", Amount: "100000000", From: owner, To: "0x1654653399040a61", Subject: "/public/exampleReceiver"}}},
		"FLOW as any token": {transferPaths, []string{one, mallory, vault, vault}, []chain.Effect{
			{Kind: chain.Move, Asset: "FLOW", Amount: "100000000", From: owner, To: "0x1654653399040a61", Subject: "/public/flowTokenVault"}}},
		"NFT": {transferNFT, []string{mallory, `{"type":"UInt64","value":"18446744073709551615"}`, vault, vault}, []chain.Effect{
			{Kind: chain.Move, Asset: "NFT 18446744073709551615 at /storage/flowTokenVault", Amount: "1", From: owner, To: "0x1654653399040a61", Subject: "/public/flowTokenVault"}}},
		"a key that acts alone": {addKey, []string{keyText}, []chain.Effect{
			{Kind: chain.Authority, From: owner, To: "01fe", Subject: "account key", Detail: "adds a key that acts alone, weight 1000 of 1000, ECDSA_secp256k1, SHA3_256"}}},
		"revoke": {revokeKey, []string{`{"type":"Int","value":"0"}`}, []chain.Effect{
			{Kind: chain.Authority, From: owner, Subject: "account key 0", Detail: "revokes the key for good"}}},
		"new account": {createAccount, []string{`{"type":"Array","value":[` + keyText + `]}`, `{"type":"Dictionary","value":[{"key":{"type":"String","value":"Evil"},"value":{"type":"String","value":"00"}}]}`}, []chain.Effect{
			{Kind: chain.Authority, From: owner, Subject: "new account", Detail: "creates an account and pays the network's price for it"},
			{Kind: chain.Authority, From: owner, To: "01fe", Subject: "key of the new account", Detail: "weight 1000 of 1000, ECDSA_secp256k1, SHA3_256"},
			{Kind: chain.Deploy, From: owner, Subject: "Evil", Detail: "contract of the new account, code of SHA-256 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"}}},
		"update of a contract": {deploy("update of a contract"), []string{`{"type":"String","value":"Vault"}`, `{"type":"String","value":"zz"}`}, []chain.Effect{
			{Kind: chain.Deploy, From: owner, Subject: "Vault", Detail: "update of a contract whose code is not hex"}}},
		"removal of a contract": {removeContract, []string{`{"type":"String","value":"Va ult"}`}, []chain.Effect{
			{Kind: chain.Destroy, From: owner, Subject: `"Va ult"`, Detail: "contract"}}},
		"staking collection": {setupStaking, nil, []chain.Effect{
			{Kind: chain.Register, From: owner, Subject: "staking collection", Detail: "makes one and puts the account's stakes into it"},
			{Kind: chain.Allow, Asset: "FLOW", Amount: "all", From: owner, To: "staking collection of " + owner, Detail: "may draw from the account's vault when its owner stakes"}}},
		"stake": {stake("stakes new tokens", maybeDelegator), []string{node, third, one}, []chain.Effect{
			{Kind: chain.Register, Asset: "FLOW", Amount: "100000000", From: owner, Subject: "node 88549335 delegator 3", Detail: "stakes new tokens"}}},
		"stake of the node": {stake("stakes new tokens", maybeDelegator), []string{node, nobody, one}, []chain.Effect{
			{Kind: chain.Register, Asset: "FLOW", Amount: "100000000", From: owner, Subject: "node 88549335", Detail: "stakes new tokens"}}},
		"unstake all": {unstakeAll, []string{node}, []chain.Effect{
			{Kind: chain.Register, Asset: "FLOW", Amount: "all", From: owner, Subject: "node 88549335", Detail: "requests unstaking"}}},
		"close": {closeStake, []string{node, third}, []chain.Effect{
			{Kind: chain.Destroy, From: owner, Subject: "stake of node 88549335 delegator 3", Detail: "ends the account's access to the stake for good"}}},
		"a node given away": {transferNode, []string{node, mallory}, []chain.Effect{
			{Kind: chain.Move, Asset: "stake of node 88549335", Amount: "all", From: owner, To: "0x1654653399040a61", Detail: "the node with everything staked in it and its rewards"}}},
		"a delegation given away": {transferDelegator, []string{node, `{"type":"UInt32","value":"3"}`, mallory}, []chain.Effect{
			{Kind: chain.Move, Asset: "stake of node 88549335 delegator 3", Amount: "all", From: owner, To: "0x1654653399040a61", Detail: "the delegation with everything staked in it and its rewards"}}},
		"networking address": {networkingAddress, []string{node, `{"type":"String","value":"a:1"}`}, []chain.Effect{
			{Kind: chain.Register, From: owner, Subject: "node 88549335", Detail: "networking address a:1"}}},
	}
	for name, c := range cases {
		a := arguments{}
		for _, text := range c.arguments {
			a.rest = append(a.rest, []byte(text))
		}
		got := c.read(&a, owner)
		if err := a.end(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(got) != len(c.want) {
			t.Fatalf("%s: %+v", name, got)
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s:\n%+v, want\n%+v", name, got[i], c.want[i])
			}
		}
		for i := range c.arguments {
			damaged := arguments{rest: append(append([][]byte{}, a.rest...), bytesOf(c.arguments, i)...)}
			if c.read(&damaged, owner); damaged.end() == nil {
				t.Errorf("%s: argument %d is not looked at", name, i)
			}
		}
	}
}

// bytesOf gives arguments of which one has another type.
func bytesOf(texts []string, wrong int) (all [][]byte) {
	for i, text := range texts {
		if i == wrong {
			text = `{"type":"Character","value":"1"}`
		}
		all = append(all, []byte(text))
	}
	return all
}

// TestEveryTemplate: each known script can be looked up, and reads its arguments.
func TestEveryTemplate(t *testing.T) {
	all := templates()
	if len(all) != 28 {
		t.Errorf("%d known scripts", len(all))
	}
	for digits, known := range all {
		if raw, err := hex.DecodeString(digits); err != nil || len(raw) != sha256.Size {
			t.Errorf("%s: no SHA-256", digits)
		}
		a := arguments{rest: [][]byte{[]byte("{}"), []byte("{}"), []byte("{}"), []byte("{}"), []byte("{}")}}
		if known.read(&a, owner); a.end() == nil {
			t.Errorf("%s takes any arguments", known.name)
		}
	}
}

// TestStrictArguments: a value of JSON-Cadence has one meaning or none.
func TestStrictArguments(t *testing.T) {
	read := transfer("FLOW", false)
	to := []byte(mallory)
	for _, text := range []string{
		``, `1`, `{}`, `{"type":"UFix64"}`, `{"type":"UFix64","value":1}`, `{"type":"UFix64","value":"1"}`, `{"type":"UFix64","value":"1."}`, `{"type":"UFix64","value":".1"}`,
		`{"type":"UFix64","value":"01.0"}`, `{"type":"UFix64","value":"-1.0"}`, `{"type":"UFix64","value":"+1.0"}`, `{"type":"UFix64","value":"1.000000000"}`,
		`{"type":"UFix64","value":"184467440737.09551616"}`, `{"type":"Fix64","value":"1.0"}`, `{"type":"UFix64","value":"1.0","more":1}`,
		`{"type":"UFix64","value":"1.0","value":"2.0"}`, `{"type":"UFix64","type":"UFix64","value":"2.0"}`, `{"type":"UFix64","value":"1.0"}{"type":"UFix64","value":"1.0"}`,
		`{"type":"UFix64","value":"1.0"`, `{"Type":"UFix64","value":"1.0"}`, `{"type":"UFix64","value":"1.0","value":"2.0"}`,
	} {
		a := arguments{rest: [][]byte{[]byte(text), to}}
		if read(&a, owner); !fault.Is(a.end(), fault.InvalidPayload) {
			t.Errorf("%s: read", text)
		}
	}
	for _, text := range []string{`{"value":"1.5","type":"UFix64"}`, ` {"type" : "UFix64", "value":"1.\u0035"} `, `{"type":"UFix64","value":"1.50000000"}`} {
		a := arguments{rest: [][]byte{[]byte(text), to}}
		if e := read(&a, owner); a.end() != nil || e[0].Amount != "150000000" {
			t.Errorf("%s: %+v, %v", text, e, a.err)
		}
	}
}

// TestNormalise: white space and comments make no other script, everything else does.
func TestNormalise(t *testing.T) {
	c := Chain{contracts: contractsOf(Mainnet), known: map[string]template{}}
	const script = "import FlowToken from 0x1654653399040a61\ntransaction(a: UFix64) {\n  log(\"a  b // c\") // more\n}"
	text, ok := c.normalise([]byte(script))
	if want := "import FlowToken\ntransaction(a: UFix64) {\nlog(\"a  b // c\")\n}\n"; !ok || string(text) != want {
		t.Fatalf("%q", text)
	}
	sum := sha256.Sum256(text)
	c.known[hex.EncodeToString(sum[:])] = template{}
	for other, want := range map[string]bool{
		script: true,
		"// a\n\n" + strings.ReplaceAll(script, "  log", "\t log"):                         true,
		strings.ReplaceAll(script, "0x1654653399040a61", "0x1654653399040a62"):             false,
		strings.ReplaceAll(script, "0x1654653399040a61", "0x7e60df042a9c0868"):             false, // testnet's
		strings.ReplaceAll(script, "FlowToken", "FlowTokens"):                              false,
		strings.ReplaceAll(script, "import FlowToken from", "import FlowToken, FUSD from"): false,
		strings.ReplaceAll(script, "a  b", "a b"):                                          false,
		strings.ReplaceAll(script, " // c", " // d"):                                       false,
		strings.ReplaceAll(script, "\n  log", " log"):                                      false,
		strings.ReplaceAll(script, "// more", "/* more */"):                                false,
		strings.ReplaceAll(script, "// more", "// more\rdestroy()"):                        false,
		strings.ReplaceAll(script, "// more", "// more\u2028destroy()"):                    false,
		strings.ReplaceAll(script, "b //", "\\\" //"):                                      false,
		strings.ReplaceAll(script, "// more", "destroy()"):                                 false,
		script + strings.Repeat(" ", maxKnown):                                             false,
	} {
		if _, got := c.recognise([]byte(other)); got != want {
			t.Errorf("%q: known is %v", other, got)
		}
	}
}
