package algorand

import (
	"strings"
	"testing"

	"strongroom/internal/chain"
)

// TestRedTeam holds transactions that give something away in an easily missed
// way. Each must show an effect that says so; harmless-looking effects may stand
// beside it. The empty members of want match anything.
func TestRedTeam(t *testing.T) {
	mallory, alice := account("mallory").String(), account("alice").String()
	zero := Address{}.String()
	for _, c := range []struct {
		name string
		tx   string // members beside snd=alice
		want chain.Effect
	}{
		// payments
		{"close-out behind a zero payment", `"type":"pay","close":"@mallory"`,
			chain.Effect{Kind: chain.Close, Asset: "ALGO", Amount: "all", To: mallory, Detail: "close-out"}},
		{"close-out behind a payment to a friend", `"type":"pay","rcv":"@bob","amt":1,"close":"@mallory"`,
			chain.Effect{Kind: chain.Close, Asset: "ALGO", Amount: "all", To: mallory}},
		{"close-out behind a payment to oneself", `"type":"pay","rcv":"@alice","close":"@mallory"`,
			chain.Effect{Kind: chain.Close, Amount: "all", From: alice, To: mallory}},
		{"missing receiver", `"type":"pay","amt":5000000`,
			chain.Effect{Kind: chain.Move, Amount: "5000000", To: zero, Detail: "to the zero address"}},
		{"largest amount", `"type":"pay","rcv":"@mallory","amt":18446744073709551615`,
			chain.Effect{Kind: chain.Move, Amount: "18446744073709551615", To: mallory}},
		{"rekey in a zero payment to oneself", `"type":"pay","rcv":"@alice","rekey":"@mallory"`,
			chain.Effect{Kind: chain.Authority, From: alice, To: mallory, Detail: "rekey"}},
		{"rekey and close-out together: the rekey", `"type":"pay","rcv":"@bob","close":"@bob","rekey":"@mallory"`,
			chain.Effect{Kind: chain.Authority, To: mallory}},
		{"rekey and close-out together: the close-out", `"type":"pay","rcv":"@bob","close":"@mallory","rekey":"@bob"`,
			chain.Effect{Kind: chain.Close, Amount: "all", To: mallory}},
		{"rekey back to oneself", `"type":"pay","rcv":"@bob","rekey":"@alice"`,
			chain.Effect{Kind: chain.Authority, From: alice, To: alice}},
		{"huge fee on a zero payment", `"type":"pay","rcv":"@bob","fee":900000000000`,
			chain.Effect{Kind: chain.Fee, Asset: "ALGO", Amount: "900000000000", From: alice}},
		{"fee of everything there can be", `"type":"pay","rcv":"@bob","fee":18446744073709551615`,
			chain.Effect{Kind: chain.Fee, Amount: "18446744073709551615", From: alice}},
		{"valid for ever", `"type":"pay","rcv":"@mallory","amt":1,"lv":18446744073709551615`,
			chain.Effect{Kind: chain.Move, Until: "round 18446744073709551615"}},
		{"genesis id of one network, hash of none", `"type":"pay","rcv":"@mallory","amt":1,"gen":"testnet-v1.0"`,
			chain.Effect{Kind: chain.Fee, Detail: "any network"}},
		{"test network by name, main network by hash",
			`"type":"pay","rcv":"@mallory","amt":1,"gen":"testnet-v1.0","gh":"hex:c061c4d8fc1dbdded2d7604be4568e3f6d041987ac37bde4b620b5ab39248adf"`,
			chain.Effect{Kind: chain.Fee, Detail: "mainnet"}},

		// fields of another type
		{"asset transfer fields in a payment", `"type":"pay","rcv":"@bob","xaid":7,"aclose":"@mallory"`,
			chain.Effect{Kind: chain.Opaque, Subject: "aclose"}},
		{"payment fields in an asset transfer", `"type":"axfer","xaid":7,"arcv":"@alice","close":"@mallory"`,
			chain.Effect{Kind: chain.Opaque, Subject: "close"}},
		{"freeze fields in an application call", `"type":"appl","apid":7,"fadd":"@bob","faid":9`,
			chain.Effect{Kind: chain.Opaque, Subject: "fadd"}},
		{"application fields in a key registration", `"type":"keyreg","apap":"hex:068101"`,
			chain.Effect{Kind: chain.Opaque, Subject: "apap"}},
		{"leaving consensus for good in a payment", `"type":"pay","rcv":"@bob","nonpart":true`,
			chain.Effect{Kind: chain.Opaque, Subject: "nonpart"}},
		{"empty heartbeat in a payment", `"type":"pay","rcv":"@bob","hb":{}`,
			chain.Effect{Kind: chain.Opaque, Subject: "hb"}},
		{"asset parameters in an asset transfer", `"type":"axfer","xaid":7,"arcv":"@alice","apar":{"m":"@mallory"}`,
			chain.Effect{Kind: chain.Opaque, Subject: "apar"}},
		{"unknown type with payment fields", `"type":"pay2","rcv":"@mallory","amt":1000000`,
			chain.Effect{Kind: chain.Opaque, Subject: "type"}},
		{"unknown type with payment fields: the amount", `"type":"pay2","rcv":"@mallory","amt":1000000`,
			chain.Effect{Kind: chain.Opaque, Subject: "amt"}},
		{"unknown type that only rekeys", `"type":"PAY","rekey":"@mallory"`,
			chain.Effect{Kind: chain.Authority, To: mallory}},
		{"type that looks like another", `"type":"pay ","rcv":"@mallory","amt":1`,
			chain.Effect{Kind: chain.Opaque, Subject: "type", Detail: `unknown transaction type "pay "`}},

		// asset transfers
		{"asset close-out behind an opt-in", `"type":"axfer","xaid":7,"arcv":"@alice","aclose":"@mallory"`,
			chain.Effect{Kind: chain.Close, Asset: "asset 7", Amount: "all", From: alice, To: mallory, Detail: "close-out"}},
		{"asset close-out without a receiver", `"type":"axfer","xaid":7,"aclose":"@mallory"`,
			chain.Effect{Kind: chain.Close, Asset: "asset 7", Amount: "all", To: mallory}},
		{"clawback from a third party", `"type":"axfer","xaid":7,"aamt":5,"asnd":"@bob","arcv":"@mallory"`,
			chain.Effect{Kind: chain.Seize, Asset: "asset 7", Amount: "5", From: account("bob").String(), To: mallory, Detail: "clawback"}},
		{"clawback that looks like an opt-in", `"type":"axfer","xaid":7,"asnd":"@bob","arcv":"@alice"`,
			chain.Effect{Kind: chain.Seize, From: account("bob").String(), Detail: "clawback"}},
		{"asset transfer without a receiver", `"type":"axfer","xaid":7,"aamt":5`,
			chain.Effect{Kind: chain.Move, Amount: "5", To: zero, Detail: "to the zero address"}},
		{"opt-in that rekeys", `"type":"axfer","xaid":7,"arcv":"@alice","rekey":"@mallory"`,
			chain.Effect{Kind: chain.Authority, To: mallory, Detail: "rekey"}},

		// assets
		{"new asset manager", `"type":"acfg","caid":7,"apar":{"m":"@mallory","r":"@alice","f":"@alice","c":"@alice"}`,
			chain.Effect{Kind: chain.Authority, Asset: "asset 7", To: mallory, Subject: "manager"}},
		{"new clawback account among unchanged roles", `"type":"acfg","caid":7,"apar":{"m":"@alice","r":"@alice","f":"@alice","c":"@mallory"}`,
			chain.Effect{Kind: chain.Authority, Asset: "asset 7", To: mallory, Subject: "clawback"}},
		{"role lost by leaving it out", `"type":"acfg","caid":7,"apar":{"m":"@alice"}`,
			chain.Effect{Kind: chain.Authority, Asset: "asset 7", Subject: "clawback", Detail: "asset role given up for good"}},
		{"all roles lost behind a parameter that cannot change", `"type":"acfg","caid":7,"apar":{"t":1}`,
			chain.Effect{Kind: chain.Authority, Asset: "asset 7", Subject: "manager", Detail: "asset role given up for good"}},
		{"destruction by leaving the parameters out", `"type":"acfg","caid":7`,
			chain.Effect{Kind: chain.Destroy, Asset: "asset 7"}},
		{"new asset whose clawback is somebody else", `"type":"acfg","apar":{"t":100,"m":"@alice","c":"@mallory"}`,
			chain.Effect{Kind: chain.Authority, Subject: "clawback", To: mallory}},
		{"asset name with line breaks", `"type":"acfg","apar":{"t":1,"an":"x\nfee 0"}`,
			chain.Effect{Kind: chain.Deploy, Detail: `asset create; unit ""; name "x\nfee 0"; decimals 0`}},
		{"freezing somebody", `"type":"afrz","faid":7,"fadd":"@bob","afrz":true`,
			chain.Effect{Kind: chain.Restrict, Asset: "asset 7", From: account("bob").String(), Detail: "freeze"}},
		{"unfreezing by leaving the flag out", `"type":"afrz","faid":7,"fadd":"@mallory"`,
			chain.Effect{Kind: chain.Restrict, From: mallory, Detail: "unfreeze"}},

		// applications
		{"rekey inside an application call", `"type":"appl","apid":7,"rekey":"@mallory"`,
			chain.Effect{Kind: chain.Authority, From: alice, To: mallory, Detail: "rekey"}},
		{"rekey inside an opt-in of an application", `"type":"appl","apid":7,"apan":1,"rekey":"@mallory"`,
			chain.Effect{Kind: chain.Authority, To: mallory}},
		{"new code for an application", `"type":"appl","apid":7,"apan":4,"apap":"hex:068101","apsu":"hex:068101"`,
			chain.Effect{Kind: chain.Deploy, Subject: "application 7"}},
		{"update without programs", `"type":"appl","apid":7,"apan":4`,
			chain.Effect{Kind: chain.Deploy, Subject: "application 7", Detail: "update; no approval program; no clear program"}},
		{"deleting an application", `"type":"appl","apid":7,"apan":5`,
			chain.Effect{Kind: chain.Destroy, Subject: "application 7"}},
		{"creation that deletes at once", `"type":"appl","apan":5,"apap":"hex:068101","apsu":"hex:068101"`,
			chain.Effect{Kind: chain.Destroy, Subject: "new application"}},
		{"programs hidden in a plain call", `"type":"appl","apid":7,"apap":"hex:068101"`,
			chain.Effect{Kind: chain.Opaque, Subject: "apap"}},
		{"completion that does not exist", `"type":"appl","apid":7,"apan":6`,
			chain.Effect{Kind: chain.Opaque, Subject: "apan"}},
		{"completion beyond 32 bits", `"type":"appl","apid":7,"apan":4294967300`,
			chain.Effect{Kind: chain.Opaque, Subject: "apan"}},
		{"giving up local state", `"type":"appl","apid":7,"apan":3`,
			chain.Effect{Kind: chain.Call, Subject: "application 7", Detail: "clear state; inner effects unknown"}},
		{"account in the access list", `"type":"appl","apid":7,"al":[{"d":"@mallory"},{"h":{"d":1,"s":2}}]`,
			chain.Effect{Kind: chain.Call, Detail: "call; inner effects unknown; accounts " + mallory}},

		// consensus
		{"leaving consensus for good", `"type":"keyreg","nonpart":true`,
			chain.Effect{Kind: chain.Register, Detail: "nonparticipating for good"}},
		{"going offline by leaving the keys out", `"type":"keyreg"`,
			chain.Effect{Kind: chain.Register, Detail: "offline"}},
		{"offline key registration that rekeys", `"type":"keyreg","rekey":"@mallory"`,
			chain.Effect{Kind: chain.Authority, To: mallory}},
		{"only a state proof key, and for good", `"type":"keyreg","sprfkey":"hex:` + strings.Repeat("01", 64) + `","nonpart":true`,
			chain.Effect{Kind: chain.Register, Detail: "nonparticipating for good"}},
		{"state proof", `"type":"stpf"`, chain.Effect{Kind: chain.Opaque, Subject: "stpf"}},
		{"heartbeat without content", `"type":"hb"`, chain.Effect{Kind: chain.Opaque, Subject: "hb"}},
		{"heartbeat for somebody else that rekeys", `"type":"hb","hb":{"a":"@bob"},"rekey":"@mallory"`,
			chain.Effect{Kind: chain.Authority, To: mallory}},
	} {
		t.Run(c.name, func(t *testing.T) {
			effects := decodeTx(t, `{"snd":"@alice",`+c.tx+`}`).Effects
			for _, e := range effects {
				if matches(c.want, e) {
					return
				}
			}
			t.Errorf("no effect like\n%sin\n%s", describe([]chain.Effect{c.want}), describe(effects))
		})
	}
}

func matches(want, got chain.Effect) bool {
	same := func(w, g string) bool { return w == "" || w == g }
	return want.Kind == got.Kind && same(want.Asset, got.Asset) && same(want.Amount, got.Amount) &&
		same(want.From, got.From) && same(want.To, got.To) && same(want.Subject, got.Subject) &&
		same(want.Detail, got.Detail) && same(want.Until, got.Until)
}

// TestDelegation: signing a program is never less than opaque, and the legacy
// multisig form also speaks for the signer's own account.
func TestDelegation(t *testing.T) {
	key := account("alice")
	m := NewMultisig(1, 1, [][32]byte{key, account("bob")})
	for form, owners := range map[string][]Address{
		FormProgram:               {key},
		FormMultisigProgram:       {m.Address()},
		FormMultisigProgramLegacy: {m.Address(), key},
	} {
		req := chain.Request{Form: form, Payload: []byte{6, 0x81, 1}, Signer: publicKey(t, key)}
		if form != FormProgram {
			req.Context = MultisigContext{Multisig: m, Account: m.Address()}.Encode()
		}
		intent, err := New().Decode(req)
		if err != nil {
			t.Fatal(err)
		}
		if len(intent.Effects) != len(owners) {
			t.Fatalf("%s: effects\n%s", form, describe(intent.Effects))
		}
		for i, e := range intent.Effects {
			if e.Kind != chain.Opaque || e.From != owners[i].String() || !strings.Contains(e.Detail, "delegated logic") {
				t.Errorf("%s: effect %+v", form, e)
			}
		}
	}
}

// TestEveryFieldOfAnotherTypeShows puts each field into a transaction of each
// type that it does not belong to.
func TestEveryFieldOfAnotherTypeShows(t *testing.T) {
	types := []string{typePayment, typeKeyReg, typeAssetConf, typeAssetMove, typeAssetHold, typeAppCall, typeStateProof, typeHeartbeat, "other"}
	for f := range fieldCount {
		m := transactionFields[f]
		if m.owner == "" {
			continue
		}
		for _, typ := range types {
			if typ == m.owner {
				continue
			}
			raw := rawTransaction(typ, m.name, sample(m.shape))
			canonical, err := Canonicalize(raw)
			if err != nil {
				t.Fatalf("%s in %s: %v", m.name, typ, err)
			}
			intent, err := New().Decode(chain.Request{Form: FormTransaction, Payload: canonical})
			if err != nil {
				t.Fatalf("%s in %s: %v", m.name, typ, err)
			}
			found := false
			for _, e := range intent.Effects {
				found = found || e.Kind == chain.Opaque && e.Subject == m.name
			}
			if !found {
				t.Errorf("%s in %s is not shown:\n%s", m.name, typ, describe(intent.Effects))
			}
		}
	}
}
