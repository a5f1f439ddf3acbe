package xrpl

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

// networkOf is the chain on which a vector is signed.
func networkOf(v vector) Chain {
	c := mainNetwork()
	if v.Name == "network" {
		c.networkID = 21337
	}
	return c
}

// TestVectors: transactions of every type, from JSON to the signed transaction, with
// both kinds of keys and as one of several signers.
func TestVectors(t *testing.T) {
	all := load[vectors](t, "vectors.json")
	seen := map[uint16]bool{}
	for _, v := range all.Transactions {
		c := networkOf(v)
		req, err := c.ReadFile(v.JSON)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if upperHex(req.Payload) != v.Unsigned {
			t.Errorf("%s: encodes as %X, want %s", v.Name, req.Payload, v.Unsigned)
			continue
		}
		seen[uint16(req.Payload[1])<<8|uint16(req.Payload[2])] = true
		for seed, want := range map[string]string{seedEd25519: v.Ed25519, seedSecp256k1: v.Secp256k1} {
			private, key := fromSeed(t, seed)
			req.Signer = key
			sign(t, v.Name, c, req, private, want)
			// the same with the key in the file
			encoded, err := appendKey(nil, key)
			if err != nil {
				t.Fatal(err)
			}
			named := strings.Replace(string(v.JSON), "{", `{"SigningPubKey":"`+upperHex(encoded)+`",`, 1)
			again, err := c.ReadFile([]byte(named))
			if err != nil || again.Signer != key {
				t.Fatalf("%s: %v", v.Name, err)
			}
			sign(t, v.Name, c, again, private, want)
		}
		private, key := fromSeed(t, seedSecp256k1)
		several := strings.Replace(string(v.JSON), "{", `{"SigningPubKey":"",`, 1)
		many, err := c.ReadFile([]byte(several))
		if err != nil || many.Form != FormMultisign {
			t.Fatalf("%s: form %q, %v", v.Name, many.Form, err)
		}
		many.Signer = key
		sign(t, v.Name, c, many, private, v.Multisign)
	}
	for _, f := range formats {
		if !seen[f.code] && f.code < txEnableAmendment && !strings.HasPrefix(f.name, "Confidential") && f.code != txSponsorshipTransfer {
			t.Errorf("no vector of type %s", f.name)
		}
	}
}

func sign(t *testing.T, name string, c Chain, req chain.Request, private []byte, want string) {
	t.Helper()
	in, err := c.Decode(req)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	signatures := chaintest.SignAll(t, in, private)
	if err := curve.Verify(in.Tasks[0].Scheme, in.Tasks[0].Key, in.Tasks[0].Message, signatures[0]); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	result, err := in.Finish(signatures)
	if err != nil || in.Encoding.Encode(result) != want {
		t.Errorf("%s, %s: signed as\n%s\nwant\n%s\n%v", name, req.Form, in.Encoding.Encode(result), want, err)
	}
}

func TestClaims(t *testing.T) {
	all := load[vectors](t, "vectors.json")
	if len(all.Claims) != 3 {
		t.Fatal("vectors are missing")
	}
	for _, v := range all.Claims {
		req, err := mainNetwork().ReadFile(v.JSON)
		if err != nil || req.Form != FormClaim {
			t.Fatalf("%s: %q, %v", v.JSON, req.Form, err)
		}
		for seed, want := range map[string]string{seedEd25519: v.Ed25519, seedSecp256k1: v.Secp256k1} {
			var private []byte
			private, req.Signer = fromSeed(t, seed)
			sign(t, string(v.JSON), mainNetwork(), req, private, want)
		}
	}
}

func TestMessages(t *testing.T) {
	all := load[vectors](t, "vectors.json")
	if len(all.Messages) != 3 {
		t.Fatal("vectors are missing")
	}
	for _, v := range all.Messages {
		for seed, want := range map[string]string{seedEd25519: v.Ed25519, seedSecp256k1: v.Secp256k1} {
			private, key := fromSeed(t, seed)
			req, err := mainNetwork().MessageRequest([]byte(v.Text), key)
			if err != nil {
				t.Fatal(err)
			}
			sign(t, v.Text, mainNetwork(), req, private, want)
		}
	}
}

// TestMessagesThatAreSomethingElse: nothing that the ledger gives a meaning to passes
// as a text.
func TestMessagesThatAreSomethingElse(t *testing.T) {
	_, key := fromSeed(t, seedEd25519)
	for _, v := range load[vectors](t, "vectors.json").Transactions {
		raw := unhex(t, v.Unsigned)
		for _, prefix := range []string{"", "STX\x00", "SMT\x00", "TXN\x00"} {
			if _, err := mainNetwork().MessageRequest(append([]byte(prefix), raw...), key); err == nil {
				t.Errorf("%s behind %q passes as a text", v.Name, prefix)
			}
		}
	}
	for _, prefix := range []string{"STX", "SMT", "CLM", "BCH", "TXN", "VAL", "PRP", "MAN", "CPT", "CPM", "SPN", "SPM", "MLN", "LWR"} {
		if _, err := mainNetwork().Decode(chain.Request{Form: FormMessage, Payload: []byte(prefix + "\x00text"), Signer: key}); err == nil {
			t.Errorf("%s passes as a text", prefix)
		}
	}
	// An attestation of a bridge has no prefix: begin with the account of a text.
	attestation := encode(t, `{"XChainClaimID":"2020202020202020","WasLockingChainSend":1,"Amount":"1"}`)
	if _, err := mainNetwork().MessageRequest(attestation, key); err == nil {
		t.Error("an attestation passes as a text")
	}
	for _, bad := range []string{"", "\xff", "a\x1b[31m", "a\x7f", "a\x00"} {
		if _, err := mainNetwork().MessageRequest([]byte(bad), key); err == nil {
			t.Errorf("%q passes as a text", bad)
		}
	}
}

func TestAddresses(t *testing.T) {
	all := load[vectors](t, "vectors.json")
	if len(all.Addresses) != 5 {
		t.Fatal("vectors are missing")
	}
	for _, v := range all.Addresses {
		a, tag, hasTag, err := parseAddress(v.X, v.Test)
		want := string(v.Tag)
		got := "false"
		if hasTag {
			got = fmt.Sprint(tag)
		}
		if err != nil || a.String() != v.Classic || got != want {
			t.Errorf("%s: %s with tag %s, %v", v.X, a, got, err)
		}
		if want == "false" && a.xAddress(v.Test) != v.X {
			t.Errorf("%s: written as %s", v.X, a.xAddress(v.Test))
		}
		if _, _, _, err := parseAddress(v.X, !v.Test); err == nil {
			t.Errorf("%s is taken on the other network", v.X)
		}
	}
	_, key := fromSeed(t, seedEd25519)
	for _, c := range []Chain{mainNetwork(), testNetwork()} {
		for _, format := range c.AddressFormats() {
			text, err := c.AddressAs(key, format)
			if a, _, _, err2 := parseAddress(text, c.network.Test); err != nil || err2 != nil || a.String() != alice {
				t.Errorf("%s: %s, %v, %v", format, text, err, err2)
			}
		}
		if _, err := c.AddressAs(key, "bech32"); err == nil {
			t.Error("an unknown form of address")
		}
	}
}

// TestPublishedKeys: the fixture of ripple-keypairs, seeds of the entropy 1 to 16.
func TestPublishedKeys(t *testing.T) {
	all := load[map[string]struct {
		Seed                        string
		KeyPair                     struct{ PrivateKey, PublicKey string }
		Address, Message, Signature string
	}](t, "keypairs.json")
	if len(all) != 2 {
		t.Fatal("fixtures are missing")
	}
	for name, v := range all {
		private, key := fromSeed(t, v.Seed)
		checkKey(t, name, private, key, v.KeyPair.PrivateKey, v.KeyPair.PublicKey, v.Address)
		req, err := mainNetwork().MessageRequest([]byte(v.Message), key)
		if err != nil {
			t.Fatal(err)
		}
		sign(t, name, mainNetwork(), req, private, v.Signature)
	}
}

// checkKey compares a key with its texts, in both directions.
func checkKey(t *testing.T, name string, private []byte, key curve.PublicKey, wantPrivate, wantPublic, wantAddress string) {
	t.Helper()
	c := mainNetwork()
	if encoded, err := appendKey(nil, key); err != nil || upperHex(encoded) != wantPublic {
		t.Errorf("%s: public key %X, %v, want %s", name, encoded, err, wantPublic)
	} else if back, err := parseKey(encoded); err != nil || back != key {
		t.Errorf("%s: public key %s is read as %s, %v", name, key, back, err)
	}
	if address, err := c.Address(key); err != nil || address != wantAddress {
		t.Errorf("%s: address %s, %v, want %s", name, address, err, wantAddress)
	}
	text, err := c.FormatPrivate(key, secret.New(private))
	if err != nil || !bytes.Equal(text.Expose(), []byte(wantPrivate)) {
		t.Errorf("%s: private key %s, %v, want %s", name, text.Expose(), err, wantPrivate)
	}
	for _, form := range []string{wantPrivate, strings.ToLower(wantPrivate)} {
		a, back, err := c.ParsePrivate(secret.New([]byte(form)))
		if err != nil || a != key.Algorithm() || !bytes.Equal(back.Expose(), private) {
			t.Errorf("%s: %s is read as %x of %s, %v", name, form, back.Expose(), a, err)
		}
	}
}
