package xrpl

import (
	"bytes"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
)

const (
	usdBob     = `{"currency":"USD","issuer":"@bob","value":"1"}`
	hash64     = "C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1C1"
	nftID      = "000B013A95F14B0044F78A264E41713C64B5F89242540EE208C3098E00000D65"
	issuanceID = "00000001B5F762798A53D543A014CAF8B297CFF8F2F937E8"
	pool       = `"Asset":{"currency":"XRP"},"Asset2":{"currency":"USD","issuer":"@bob"}`
	bridgeJSON = `"XChainBridge":{"LockingChainDoor":"@bob","LockingChainIssue":{"currency":"XRP"},"IssuingChainDoor":"@carol","IssuingChainIssue":{"currency":"XRP"}}`
)

// TestRedTeam holds transactions that give something away in an easily missed way.
// Each must show an effect that says so; harmless-looking effects may stand beside
// it. The empty members of want match anything, and Detail a part.
func TestRedTeam(t *testing.T) {
	inner := func(members string) string {
		return `"TransactionType":"Batch","Fee":"12","Sequence":1,"Flags":65536,"RawTransactions":[{"RawTransaction":{` +
			members + `,"Fee":"0","SigningPubKey":"","Flags":1073741824,"Sequence":2,"Account":"@alice"}}]`
	}
	for _, c := range []struct {
		name string
		tx   string // members beside those of every transaction of alice
		want chain.Effect
	}{
		// payments
		{"SendMax far above the amount", `"TransactionType":"Payment","Destination":"@bob","Amount":{"currency":"USD","issuer":"@bob","value":"0.01"},"SendMax":"99000000000"`,
			chain.Effect{Kind: chain.Move, Asset: "XRP", Amount: "99000000000", From: alice, To: bob, Detail: "at most"}},
		{"SendMax of the same currency", `"TransactionType":"Payment","Destination":"@mallory","Amount":{"currency":"USD","issuer":"@bob","value":"1"},"SendMax":{"currency":"USD","issuer":"@bob","value":"1e20"}`,
			chain.Effect{Kind: chain.Move, Asset: "USD." + bob, Amount: "100000000000000000000", To: mallory}},
		{"partial payment", `"TransactionType":"Payment","Destination":"@bob","Amount":"1000000000","SendMax":` + usdBob + `,"Flags":131072`,
			chain.Effect{Kind: chain.Move, Detail: "less may arrive"}},
		{"payment to oneself that spends another asset", `"TransactionType":"Payment","Destination":"@alice","Amount":{"currency":"JNK","issuer":"@mallory","value":"1"},"SendMax":"5000000"`,
			chain.Effect{Kind: chain.Move, Asset: "XRP", Amount: "5000000", From: alice}},
		{"worthless currency that calls itself XRP", `"TransactionType":"Payment","Destination":"@bob","Amount":{"currency":"0000000000000000000000005852500000000000","issuer":"@mallory","value":"5"}`,
			chain.Effect{Kind: chain.Move, Asset: "0000000000000000000000005852500000000000." + mallory, Amount: "5"}},
		{"currency of any issuer over paths", `"TransactionType":"Payment","Destination":"@bob","Amount":` + usdBob + `,"Paths":[[{"account":"@mallory"}]]`,
			chain.Effect{Kind: chain.Move, Detail: "any issuer"}},
		{"sender's own currency means any issuer's", `"TransactionType":"Payment","Destination":"@bob","Amount":"1","SendMax":{"currency":"USD","issuer":"@alice","value":"9"}`,
			chain.Effect{Kind: chain.Move, Asset: "USD." + alice, Amount: "9", Detail: "any issuer"}},
		{"negative amount", `"TransactionType":"Payment","Destination":"@bob","Amount":"-5"`,
			chain.Effect{Kind: chain.Opaque, Subject: "Amount", Detail: "negative"}},
		{"huge fee", `"TransactionType":"Payment","Destination":"@bob","Amount":"1","Fee":"100000000000000"`,
			chain.Effect{Kind: chain.Fee, Asset: "XRP", Amount: "100000000000000", From: alice}},
		{"to a black hole", `"TransactionType":"Payment","Destination":"rrrrrrrrrrrrrrrrrrrrrhoLvTp","Amount":"1"`,
			chain.Effect{Kind: chain.Move, To: burnZero}},
		{"unknown flag", `"TransactionType":"Payment","Destination":"@bob","Amount":"1","Flags":1`,
			chain.Effect{Kind: chain.Opaque, Subject: "Flags", Detail: "0x1"}},
		{"flag of inner transactions outside of a batch", `"TransactionType":"Payment","Destination":"@bob","Amount":"1","Flags":1073741824`,
			chain.Effect{Kind: chain.Opaque, Subject: "Flags"}},
		{"somebody else's delegate", `"Account":"@carol","TransactionType":"Payment","Destination":"@bob","Amount":"1","Delegate":"@alice"`,
			chain.Effect{Kind: chain.Move, From: carol, To: bob}},
		{"fee of the delegate", `"Account":"@carol","TransactionType":"Payment","Destination":"@bob","Amount":"1","Delegate":"@alice"`,
			chain.Effect{Kind: chain.Fee, From: alice}},
		{"sponsor", `"TransactionType":"Payment","Destination":"@bob","Amount":"1","Sponsor":"@mallory","SponsorFlags":1`,
			chain.Effect{Kind: chain.Opaque, Subject: "Sponsor"}},
		{"field of another type", `"TransactionType":"Payment","Destination":"@bob","Amount":"1","RegularKey":"@mallory"`,
			chain.Effect{Kind: chain.Opaque, Subject: "RegularKey"}},

		// authority
		{"regular key", `"TransactionType":"SetRegularKey","RegularKey":"@mallory"`,
			chain.Effect{Kind: chain.Authority, From: alice, To: mallory, Subject: "regular key"}},
		{"regular key for no fee", `"TransactionType":"SetRegularKey","RegularKey":"@mallory","Fee":"0"`,
			chain.Effect{Kind: chain.Authority, To: mallory}},
		{"regular key removed", `"TransactionType":"SetRegularKey"`,
			chain.Effect{Kind: chain.Authority, Subject: "regular key", Detail: "removes"}},
		{"one stranger among many signers", `"TransactionType":"SignerListSet","SignerQuorum":3,"SignerEntries":[{"SignerEntry":{"Account":"@bob","SignerWeight":1}},{"SignerEntry":{"Account":"@carol","SignerWeight":1}},{"SignerEntry":{"Account":"@mallory","SignerWeight":3}}]`,
			chain.Effect{Kind: chain.Authority, From: alice, To: mallory, Detail: "weight 3 of 3"}},
		{"signer list removed", `"TransactionType":"SignerListSet","SignerQuorum":0`,
			chain.Effect{Kind: chain.Authority, Subject: "signer list", Detail: "removes"}},
		{"signer with a field that it has not", `"TransactionType":"SignerListSet","SignerQuorum":1,"SignerEntries":[{"SignerEntry":{"Account":"@bob","SignerWeight":1,"RegularKey":"@mallory"}}]`,
			chain.Effect{Kind: chain.Opaque, Subject: "SignerEntries"}},
		{"master key disabled", `"TransactionType":"AccountSet","SetFlag":4`,
			chain.Effect{Kind: chain.Authority, Subject: "DisableMaster"}},
		{"master key enabled again", `"TransactionType":"AccountSet","ClearFlag":4`,
			chain.Effect{Kind: chain.Authority, Subject: "DisableMaster", Detail: "signs again"}},
		{"minter", `"TransactionType":"AccountSet","SetFlag":10,"NFTokenMinter":"@mallory"`,
			chain.Effect{Kind: chain.Authority, To: mallory, Subject: "AuthorizedNFTokenMinter"}},
		{"freeze given up", `"TransactionType":"AccountSet","SetFlag":6,"Domain":"6578616D706C65"`,
			chain.Effect{Kind: chain.Authority, Subject: "NoFreeze"}},
		{"clawback taken up", `"TransactionType":"AccountSet","SetFlag":16`,
			chain.Effect{Kind: chain.Authority, Subject: "AllowTrustLineClawback"}},
		{"rippling over every trust line", `"TransactionType":"AccountSet","SetFlag":8`,
			chain.Effect{Kind: chain.Allow, Subject: "DefaultRipple"}},
		{"destination tags not needed, by an old flag", `"TransactionType":"AccountSet","Flags":131072`,
			chain.Effect{Kind: chain.Restrict, Subject: "RequireDest"}},
		{"account flag of the future", `"TransactionType":"AccountSet","SetFlag":99`,
			chain.Effect{Kind: chain.Opaque, Subject: "SetFlag"}},
		{"transfer rate", `"TransactionType":"AccountSet","TransferRate":2000000000`,
			chain.Effect{Kind: chain.Restrict, Subject: "TransferRate", Detail: "pay 2 "}},
		{"global freeze", `"TransactionType":"AccountSet","SetFlag":7`,
			chain.Effect{Kind: chain.Restrict, Subject: "GlobalFreeze"}},
		{"delegate who may pay", `"TransactionType":"DelegateSet","Authorize":"@mallory","Permissions":[{"Permission":{"PermissionValue":"AccountDomainSet"}},{"Permission":{"PermissionValue":1}}]`,
			chain.Effect{Kind: chain.Authority, From: alice, To: mallory, Subject: "Payment"}},
		{"delegate who may do the unknown", `"TransactionType":"DelegateSet","Authorize":"@mallory","Permissions":[{"Permission":{"PermissionValue":65000}}]`,
			chain.Effect{Kind: chain.Opaque, Subject: "permission 65000"}},
		{"deposits", `"TransactionType":"DepositPreauth","Authorize":"@mallory"`,
			chain.Effect{Kind: chain.Authority, To: mallory, Subject: "deposits"}},
		{"everything that is left", `"TransactionType":"AccountDelete","Destination":"@mallory"`,
			chain.Effect{Kind: chain.Close, Asset: "XRP", Amount: "all", From: alice, To: mallory}},

		// promises
		{"trust without end", `"TransactionType":"TrustSet","LimitAmount":{"currency":"JNK","issuer":"@mallory","value":"9999999999999999e80"}`,
			chain.Effect{Kind: chain.Allow, Asset: "JNK." + mallory, Amount: "9999999999999999" + strings.Repeat("0", 80), To: mallory}},
		{"rippling over one trust line", `"TransactionType":"TrustSet","LimitAmount":` + usdBob + `,"Flags":262144`,
			chain.Effect{Kind: chain.Allow, Subject: "ClearNoRipple", To: bob}},
		{"trust line at a bad rate", `"TransactionType":"TrustSet","LimitAmount":` + usdBob + `,"QualityOut":1`,
			chain.Effect{Kind: chain.Allow, Subject: "QualityOut", Detail: "0.000000001"}},
		{"authorized holder", `"TransactionType":"TrustSet","LimitAmount":` + usdBob + `,"Flags":65536`,
			chain.Effect{Kind: chain.Authority, Subject: "SetAuth", To: bob}},
		{"check", `"TransactionType":"CheckCreate","Destination":"@mallory","SendMax":"99999999"`,
			chain.Effect{Kind: chain.Allow, Asset: "XRP", Amount: "99999999", To: mallory, Until: "until cancelled"}},
		{"payment channel", `"TransactionType":"PaymentChannelCreate","Destination":"@mallory","Amount":"5","SettleDelay":1,"PublicKey":"023C74C8D3536B151D45D0556C9212DF47863B00B57A7AF36D754D26814BC34359"`,
			chain.Effect{Kind: chain.Allow, Asset: "XRP", Amount: "5", To: mallory}},
		{"payment channel under another's key", `"TransactionType":"PaymentChannelCreate","Destination":"@mallory","Amount":"5","SettleDelay":1,"PublicKey":"023C74C8D3536B151D45D0556C9212DF47863B00B57A7AF36D754D26814BC34359"`,
			chain.Effect{Kind: chain.Authority, To: carol, Subject: "payment channel"}},
		{"payment channel without end", `"TransactionType":"PaymentChannelClaim","Channel":"` + hash64 + `","Flags":65536`,
			chain.Effect{Kind: chain.Allow, Subject: "channel " + hash64}},
		{"paid out of a channel", `"TransactionType":"PaymentChannelClaim","Channel":"` + hash64 + `","Balance":"7","Amount":"7"`,
			chain.Effect{Kind: chain.Move, Asset: "XRP", Amount: "7", From: alice}},
		{"escrow for ever", `"TransactionType":"EscrowCreate","Destination":"@mallory","Amount":"5","FinishAfter":4294967295`,
			chain.Effect{Kind: chain.Move, Amount: "5", To: mallory, Detail: "2136-"}},
		{"escrow released", `"TransactionType":"EscrowFinish","Owner":"@carol","OfferSequence":7`,
			chain.Effect{Kind: chain.Close, Amount: "all", From: carol, Subject: "escrow 7"}},
		{"offer of everything for a drop", `"TransactionType":"OfferCreate","TakerGets":{"currency":"USD","issuer":"@bob","value":"1000000"},"TakerPays":"1"`,
			chain.Effect{Kind: chain.Move, Asset: "USD." + bob, Amount: "1000000", Detail: "for 1 XRP", Until: "until cancelled"}},

		// tokens
		{"token given away", `"TransactionType":"NFTokenCreateOffer","NFTokenID":"` + nftID + `","Amount":"0","Flags":1`,
			chain.Effect{Kind: chain.Allow, Asset: "NFT " + nftID, Amount: "1", From: alice, Detail: "nothing; to anybody"}},
		{"token sold to one account", `"TransactionType":"NFTokenCreateOffer","NFTokenID":"` + nftID + `","Amount":"1","Flags":1,"Destination":"@mallory"`,
			chain.Effect{Kind: chain.Allow, To: mallory, Detail: "for 1 XRP"}},
		{"token bought dear", `"TransactionType":"NFTokenCreateOffer","NFTokenID":"` + nftID + `","Amount":"88888888","Owner":"@mallory"`,
			chain.Effect{Kind: chain.Allow, Asset: "XRP", Amount: "88888888", To: mallory}},
		{"offer accepted at an unknown price", `"TransactionType":"NFTokenAcceptOffer","NFTokenSellOffer":"` + hash64 + `"`,
			chain.Effect{Kind: chain.Opaque, Subject: "NFT offer " + hash64}},
		{"minted and given away", `"TransactionType":"NFTokenMint","NFTokenTaxon":0,"Amount":"0","Destination":"@mallory"`,
			chain.Effect{Kind: chain.Allow, Asset: "NFT", To: mallory, Detail: "gives it away"}},
		{"another's token burnt", `"TransactionType":"NFTokenBurn","NFTokenID":"` + nftID + `","Owner":"@carol"`,
			chain.Effect{Kind: chain.Destroy, From: carol}},
		{"clawback, whose amount names the holder as issuer", `"TransactionType":"Clawback","Amount":{"currency":"USD","issuer":"@carol","value":"5"}`,
			chain.Effect{Kind: chain.Seize, Asset: "USD." + alice, Amount: "5", From: carol, To: alice}},
		{"clawback out of a pool", `"TransactionType":"AMMClawback","Holder":"@carol","Asset":{"currency":"USD","issuer":"@alice"},"Asset2":{"currency":"XRP"},"Flags":1`,
			chain.Effect{Kind: chain.Seize, Asset: "XRP", Amount: "all", From: carol}},
		{"accepted offer that is not named", `"TransactionType":"NFTokenAcceptOffer"`,
			chain.Effect{Kind: chain.Opaque, Subject: "NFTokenAcceptOffer"}},
		{"cancelled offers that are not named", `"TransactionType":"NFTokenCancelOffer","NFTokenOffers":[]`,
			chain.Effect{Kind: chain.Opaque, Subject: "NFTokenCancelOffer"}},
		{"deposit without bounds", `"TransactionType":"AMMDeposit",` + pool + `,"LPTokenOut":{"currency":"039C99CD9AB0B70B32ECDA51EAAE471625608EA2","issuer":"@bob","value":"1e9"},"Flags":65536`,
			chain.Effect{Kind: chain.Opaque, Subject: "AMMDeposit"}},
		{"deposit whose amounts are the least", `"TransactionType":"AMMDeposit",` + pool + `,"Amount":"1","Amount2":` + usdBob + `,"LPTokenOut":{"currency":"039C99CD9AB0B70B32ECDA51EAAE471625608EA2","issuer":"@bob","value":"1e9"},"Flags":65536`,
			chain.Effect{Kind: chain.Opaque, Subject: "AMMDeposit", Detail: "1000000000 039C99"}},
		{"deposit whose amounts are the least, as a move", `"TransactionType":"AMMDeposit",` + pool + `,"Amount":"1","Amount2":` + usdBob + `,"LPTokenOut":{"currency":"039C99CD9AB0B70B32ECDA51EAAE471625608EA2","issuer":"@bob","value":"1e9"},"Flags":65536`,
			chain.Effect{Kind: chain.Move, Asset: "XRP", Amount: "1", Detail: "at least"}},
		{"deposit with one bound of two", `"TransactionType":"AMMDeposit",` + pool + `,"Amount":"0","Amount2":` + usdBob + `,"Flags":1048576`,
			chain.Effect{Kind: chain.Opaque, Subject: "AMMDeposit"}},
		{"withdrawal for any number of shares", `"TransactionType":"AMMWithdraw",` + pool + `,"Amount":"1","Flags":524288`,
			chain.Effect{Kind: chain.Opaque, Subject: "AMMWithdraw"}},
		{"all shares", `"TransactionType":"AMMWithdraw",` + pool + `,"Flags":131072`,
			chain.Effect{Kind: chain.Close, Amount: "all", From: alice}},
		{"bid without bounds", `"TransactionType":"AMMBid",` + pool,
			chain.Effect{Kind: chain.Opaque, Subject: "AMMBid"}},
		{"everybody's tokens frozen", `"TransactionType":"MPTokenIssuanceSet","MPTokenIssuanceID":"` + issuanceID + `","Flags":1`,
			chain.Effect{Kind: chain.Restrict, Asset: "MPT " + issuanceID, Detail: "everybody"}},
		{"token that can be clawed back from now on", `"TransactionType":"MPTokenIssuanceSet","MPTokenIssuanceID":"` + issuanceID + `","Flags":128`,
			chain.Effect{Kind: chain.Authority, Detail: "clawed back"}},
		{"vault emptied to a stranger", `"TransactionType":"VaultWithdraw","VaultID":"` + hash64 + `","Amount":"5","Destination":"@mallory"`,
			chain.Effect{Kind: chain.Move, Amount: "5", From: alice, To: mallory}},

		// bridges
		{"over a bridge to a stranger", `"TransactionType":"XChainCommit",` + bridgeJSON + `,"Amount":"5","XChainClaimID":"1","OtherChainDestination":"@mallory"`,
			chain.Effect{Kind: chain.Move, Amount: "5", From: alice, Detail: mallory}},
		{"over a bridge to nobody", `"TransactionType":"XChainCommit",` + bridgeJSON + `,"Amount":"5","XChainClaimID":"1"`,
			chain.Effect{Kind: chain.Move, Amount: "5", Detail: "whoever"}},
		{"claimed for a stranger", `"TransactionType":"XChainClaim",` + bridgeJSON + `,"Amount":"5","XChainClaimID":"1","Destination":"@mallory"`,
			chain.Effect{Kind: chain.Move, Amount: "5", From: alice, To: mallory}},
		{"reward", `"TransactionType":"XChainAccountCreateCommit",` + bridgeJSON + `,"Amount":"5","SignatureReward":"77","Destination":"@bob"`,
			chain.Effect{Kind: chain.Move, Amount: "77"}},

		// inside of others, and what is not understood
		{"regular key inside of a batch", inner(`"TransactionType":"SetRegularKey","RegularKey":"@mallory"`),
			chain.Effect{Kind: chain.Authority, From: alice, To: mallory, Detail: "batch, 1 of 1"}},
		{"unknown flag inside of a batch", strings.Replace(inner(`"TransactionType":"Payment","Amount":"1","Destination":"@bob"`), "1073741824", "1073741825", 1),
			chain.Effect{Kind: chain.Opaque, Subject: "Flags"}},
		{"batch inside of a batch", inner(`"TransactionType":"Batch","RawTransactions":[]`),
			chain.Effect{Kind: chain.Opaque, Subject: "RawTransactions"}},
		{"batch in two modes", strings.Replace(inner(`"TransactionType":"SetRegularKey"`), "65536", "196608", 1),
			chain.Effect{Kind: chain.Opaque, Subject: "Batch"}},
		{"loan", `"TransactionType":"LoanPay","LoanID":"` + hash64 + `","Amount":"5"`,
			chain.Effect{Kind: chain.Opaque, Subject: "LoanPay"}},
		{"attestation", `"TransactionType":"LedgerStateFix","LedgerFixType":1`,
			chain.Effect{Kind: chain.Opaque, Subject: "LedgerStateFix"}},
		{"ticket keeps it valid", `"TransactionType":"Payment","Destination":"@mallory","Amount":"1","Sequence":0,"TicketSequence":5`,
			chain.Effect{Kind: chain.Move, To: mallory, Until: "ledger 99"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := c.want
			effects := decodePayload(t, payload(t, c.tx)).Effects
			for _, e := range effects {
				if matches(e, want) {
					return
				}
			}
			t.Errorf("no effect like %s %+v among\n%s", want.Kind, want, describe(effects))
		})
	}
}

func matches(e, want chain.Effect) bool {
	same := func(got, want string) bool { return want == "" || got == want }
	return e.Kind == want.Kind && same(e.Asset, want.Asset) && same(e.Amount, want.Amount) && same(e.From, want.From) &&
		same(e.To, want.To) && same(e.Subject, want.Subject) && same(e.Until, want.Until) && strings.Contains(e.Detail, want.Detail)
}

// TestHarmless: what ought to pass narrow rules does not show more than it does.
func TestHarmless(t *testing.T) {
	for tx, want := range map[string]string{
		`"TransactionType":"Payment","Destination":"@bob","Amount":"1000000"`:                                        "move fee",
		`"TransactionType":"Payment","Destination":"@bob","Amount":` + usdBob:                                        "move fee",
		`"TransactionType":"Payment","Destination":"@bob","Amount":` + usdBob + `,"SendMax":"5"`:                     "move move fee",
		`"TransactionType":"TrustSet","LimitAmount":` + usdBob + `,"Flags":131072`:                                   "allow restrict fee",
		`"TransactionType":"AccountSet"`:                                                                             "message fee",
		`"TransactionType":"OfferCancel","OfferSequence":5`:                                                          "destroy fee",
		`"TransactionType":"OfferCreate","TakerGets":"5","TakerPays":` + usdBob + `,"OfferSequence":5`:               "move destroy fee",
		`"TransactionType":"TicketCreate","TicketCount":2`:                                                           "message fee",
		`"TransactionType":"CheckCash","CheckID":"` + hash64 + `","Amount":"5"`:                                      "move fee",
		`"TransactionType":"AMMDeposit",` + pool + `,"Amount":"5","Flags":524288`:                                    "move fee",
		`"TransactionType":"MPTokenAuthorize","MPTokenIssuanceID":"` + issuanceID + `"`:                              "message fee",
		`"TransactionType":"PaymentChannelClaim","Channel":"` + hash64 + `","Balance":"5","Flags":131072`:            "move close fee",
		`"TransactionType":"AMMWithdraw",` + pool + `,"Flags":131072`:                                                "close fee",
		`"TransactionType":"NFTokenCancelOffer","NFTokenOffers":["` + hash64 + `","` + hash64 + `"]`:                 "destroy destroy fee",
		`"TransactionType":"DelegateSet","Authorize":"@bob","Permissions":[]`:                                        "authority fee",
		`"TransactionType":"Clawback","Amount":` + usdBob:                                                            "seize fee",
		`"TransactionType":"VaultDeposit","VaultID":"` + hash64 + `","Amount":"5"`:                                   "move fee",
		`"TransactionType":"DIDSet","URI":"AB"`:                                                                      "message fee",
		`"TransactionType":"CredentialCreate","Subject":"@bob","CredentialType":"AB"`:                                "authority fee",
		`"TransactionType":"XChainCreateClaimID",` + bridgeJSON + `,"SignatureReward":"5","OtherChainSource":"@bob"`: "allow fee",
	} {
		var kinds []string
		for _, e := range decodePayload(t, payload(t, tx)).Effects {
			kinds = append(kinds, e.Kind.String())
		}
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("%s: %s, want %s", tx, got, want)
		}
	}
}

// TestForeignFields: every field that is put into a type that has it not is shown.
func TestForeignFields(t *testing.T) {
	samples := map[uint32][]byte{typeAmount: unhex(t, "4000000000000001"), typeIssue: make([]byte, 20), typeNumber: unhex(t, "0de0b6b3a7640000ffffffee"),
		typePathSet: append(append([]byte{1}, repeat(2, 20)...), 0), typeXChainBridge: append(append([]byte{20}, make([]byte, 40)...), append([]byte{20}, make([]byte, 40)...)...)}
	raw := payload(t, `"TransactionType":"Payment","Destination":"@bob","Amount":"1000000"`)
	tx, err := parseTransaction(raw)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, f := range fields {
		if tx.belongs(f.code) || !f.code.signed() || f.code == fieldObjectEndMarker || f.code == fieldArrayEndMarker {
			continue
		}
		kind := f.code.kind()
		contents := samples[kind]
		switch {
		case kind == typeSTObject:
			contents = []byte{endOfObject}
		case kind == typeSTArray:
			contents = []byte{endOfArray}
		case kind == typeAccountID:
			contents = repeat(5, 20)
		case contents == nil && fixedSize(kind) > 0:
			contents = make([]byte, fixedSize(kind))
		}
		field := appendHeader(nil, f.code)
		if isVariable(kind) {
			field = appendLength(field, len(contents))
		}
		field = append(field, contents...)
		changed := tx.assemble(nil, false, []fieldCode{f.code}, [][]byte{field})
		found := false
		in := decodePayload(t, changed)
		for _, e := range in.Effects {
			found = found || e.Kind == chain.Opaque && e.Subject == f.name
		}
		if !found {
			t.Errorf("%s is not shown:\n%s", f.name, describe(in.Effects))
		}
		shown++
	}
	if shown < 200 {
		t.Errorf("only %d fields", shown)
	}
}

// TestUnsignedFields: what signatures do not cover can not be in a payload, but for
// signatures of others that the network checks by themselves.
func TestUnsignedFields(t *testing.T) {
	_, key := fromSeed(t, seedEd25519)
	base := `"TransactionType":"Payment","Destination":"@bob","Amount":"1"`
	for _, more := range []string{`"TxnSignature":"AB"`, `"Signers":[]`, `"MasterSignature":"AB"`} {
		if in, err := mainNetwork().Decode(chain.Request{Form: FormTransaction, Payload: payload(t, base+","+more), Signer: key}); err == nil {
			t.Errorf("%s: %s", more, describe(in.Effects))
		}
	}
	for _, more := range []string{`"Signature":"AB"`, `"BatchSigners":[]`, `"CounterpartySignature":{}`} {
		in := decodePayload(t, payload(t, base+","+more))
		if !strings.Contains(describe(in.Effects), "opaque") {
			t.Errorf("%s: %s", more, describe(in.Effects))
		}
		if !bytes.Equal(in.Tasks[0].Message, decodePayload(t, payload(t, base)).Tasks[0].Message) {
			t.Errorf("%s is signed", more)
		}
	}
}

// TestTextsOfOthers: memos and names can not rewrite what stands beside them.
func TestTextsOfOthers(t *testing.T) {
	for _, text := range []string{"\u202ebob", "a\rb", "a\nfee 0", "\u0085", "\x1b[2J", "\u200b", "\ufeff", "a\u2028b"} {
		in := decodePayload(t, payload(t, `"TransactionType":"AccountSet","Domain":"`+upperHex([]byte(text))+`","Memos":[{"Memo":{"MemoData":"`+upperHex([]byte(text))+`","MemoType":"`+upperHex([]byte(text))+`"}}]`))
		all := describe(in.Effects)
		for _, f := range in.Facts {
			all += f.Name + f.Value
		}
		if strings.Contains(all, text) || strings.Count(all, upperHex([]byte(text))) != 3 {
			t.Errorf("%q is shown in %q", text, all)
		}
	}
	_, key := fromSeed(t, seedEd25519)
	for message, want := range map[string]string{
		"hello": "hello", "two\r\nlines\n\tthree": "two\nlines\n\tthree", "pay \u202e1": `"pay \u202e1"`, "pay 1\rpay 9": `"pay 1\rpay 9"`, "ok\na\u0085b": "ok\n" + `"a\u0085b"`,
	} {
		in, err := mainNetwork().Decode(chain.Request{Form: FormMessage, Payload: []byte(message), Signer: key})
		if err != nil || in.Facts[0].Value != want || in.Effects[0].Kind != chain.Message {
			t.Errorf("%q is shown as %+v, %v", message, in, err)
		}
	}
}

// TestMessagesOfOtherChains: a text that another chain takes from the same key for more
// than a text is opaque.
func TestMessagesOfOtherChains(t *testing.T) {
	_, ed25519 := fromSeed(t, seedEd25519)
	_, secp256k1 := fromSeed(t, seedSecp256k1)
	for _, message := range []string{
		`{"nonce":7,"value":"1000000000000000000","receiver":"erd1qqqqqqqqqqqqqqqpqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqplllst77y4l","sender":"erd1","gasPrice":1000000000,"gasLimit":50000,"chainID":"1","version":2}`,
		"Program\n  " + strings.Repeat("!", 32) + `"`, // intcblock of 32 numbers and intc_0: always true
		"ProgData" + strings.Repeat("a", 40),
	} {
		for key, want := range map[curve.PublicKey]chain.EffectKind{ed25519: chain.Opaque, secp256k1: chain.Message} {
			in, err := mainNetwork().Decode(chain.Request{Form: FormMessage, Payload: []byte(message), Signer: key})
			if err != nil || len(in.Effects) != 1 || in.Effects[0].Kind != want {
				t.Errorf("%.20q with a key of %s: %+v, %v", message, key.Algorithm(), in, err)
			}
		}
	}
}
