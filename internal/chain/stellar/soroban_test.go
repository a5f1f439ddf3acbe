package stellar

import (
	"strings"
	"testing"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
)

// TestCredentials: whoever approves a tree is named, and what the tree allows is shown
// for every kind of credentials.
func TestCredentials(t *testing.T) {
	transfer := invoke(token, "transfer", person(bob), person(mallory), i128(1, 0))
	of := func() *xdr.SorobanAddressCredentials {
		id := account(bob)
		return &xdr.SorobanAddressCredentials{
			Address:                   xdr.ScAddress{Type: xdr.ScAddressTypeScAddressTypeAccount, AccountId: &id},
			SignatureExpirationLedger: 77, Signature: xdr.ScVal{Type: xdr.ScValTypeScvVoid},
		}
	}
	for _, c := range []xdr.SorobanCredentials{
		{Type: xdr.SorobanCredentialsTypeSorobanCredentialsAddress, Address: of()},
		{Type: xdr.SorobanCredentialsTypeSorobanCredentialsAddressV2, AddressV2: of()},
		{Type: xdr.SorobanCredentialsTypeSorobanCredentialsAddressWithDelegates,
			AddressWithDelegates: &xdr.SorobanAddressCredentialsWithDelegates{AddressCredentials: *of()}},
	} {
		op := host(invoke(evil, "hello"))
		op.Body.InvokeHostFunctionOp.Auth = []xdr.SorobanAuthorizationEntry{{Credentials: c, RootInvocation: approved(invoke(evil, "run"), approved(transfer))}}
		in, err := ours().Decode(chain.Request{Form: FormTransaction, Payload: envelopeOf(t, tx(op))})
		if err != nil {
			t.Fatalf("%v: %v", c.Type, err)
		}
		for _, want := range []chain.Effect{
			{Kind: chain.Opaque, From: text(alice), To: contractText(evil), Subject: "hello"},
			{Kind: chain.Opaque, From: text(bob), To: contractText(evil), Subject: "run", Detail: "until ledger 77"},
			{Kind: chain.Move, From: text(bob), To: text(mallory), Amount: "18446744073709551616", Detail: "approved by " + text(bob)},
		} {
			found := false
			for _, e := range in.Effects {
				found = found || matches(e, want)
			}
			if !found {
				t.Errorf("%v: no effect like %+v in %+v", c.Type, want, in.Effects)
			}
		}
	}
}

// TestContractAddresses: every kind of address that a contract can name has its strkey.
func TestContractAddresses(t *testing.T) {
	id, hash, pool := account(bob), xdr.Hash(key(bob)), xdr.PoolId(key(bob))
	for first, a := range map[string]xdr.ScAddress{
		"G": {Type: xdr.ScAddressTypeScAddressTypeAccount, AccountId: &id},
		"C": contractOf(bob),
		"M": {Type: xdr.ScAddressTypeScAddressTypeMuxedAccount, MuxedAccount: &xdr.MuxedEd25519Account{Id: 5, Ed25519: key(bob)}},
		"B": {Type: xdr.ScAddressTypeScAddressTypeClaimableBalance, ClaimableBalanceId: &xdr.ClaimableBalanceId{V0: &hash}},
		"L": {Type: xdr.ScAddressTypeScAddressTypeLiquidityPool, LiquidityPoolId: &pool},
	} {
		to := xdr.ScVal{Type: xdr.ScValTypeScvAddress, Address: &a}
		payload := envelopeOf(t, tx(host(invoke(token, "transfer", person(alice), to, i128(0, 1)))))
		in, err := ours().Decode(chain.Request{Form: FormTransaction, Payload: payload})
		if err != nil {
			t.Fatal(err)
		}
		if got := in.Effects[0]; got.Kind != chain.Move || !strings.HasPrefix(got.To, first) || got.To != contractAddressText(a) {
			t.Errorf("%s: %+v", first, got)
		}
	}
}

// TestNamesOfAssets: a contract is called by a classic asset only where the id proves it.
func TestNamesOfAssets(t *testing.T) {
	usd, other := credit("USD", issuing), credit("USD", mallory)
	line := func(a xdr.Asset) xdr.LedgerKey {
		return xdr.LedgerKey{Type: xdr.LedgerEntryTypeTrustline, TrustLine: &xdr.LedgerKeyTrustLine{
			AccountId: account(alice), Asset: xdr.TrustLineAsset{Type: a.Type, AlphaNum4: a.AlphaNum4, AlphaNum12: a.AlphaNum12},
		}}
	}
	id := ours().assetContract(usd)
	call := invoke(token, "transfer", person(alice), person(bob), i128(0, 1))
	call.ContractAddress.ContractId = &id
	for _, c := range []struct {
		lines []xdr.LedgerKey
		want  string
	}{
		{[]xdr.LedgerKey{line(other), line(usd)}, "USD:" + text(issuing)},
		{[]xdr.LedgerKey{line(other)}, strkeyText(versionContract, id[:])},
		{nil, strkeyText(versionContract, id[:])},
	} {
		transaction := tx(host(call))
		transaction.Ext = xdr.TransactionExt{V: 1, SorobanData: &xdr.SorobanTransactionData{
			Resources: xdr.SorobanResources{Footprint: xdr.LedgerFootprint{ReadOnly: c.lines}},
		}}
		in, err := ours().Decode(chain.Request{Form: FormTransaction, Payload: envelopeOf(t, transaction)})
		if err != nil {
			t.Fatal(err)
		}
		if got := in.Effects[0].Asset; got != c.want {
			t.Errorf("asset %s, want %s", got, c.want)
		}
	}
}

// TestUnknownFlags: what the flags of a trust line mean is not guessed.
func TestUnknownFlags(t *testing.T) {
	var code xdr.AssetCode4
	copy(code[:], "USD")
	for _, op := range []xdr.Operation{
		operation(xdr.OperationTypeSetTrustLineFlags, xdr.SetTrustLineFlagsOp{Trustor: account(bob), Asset: credit("USD", alice), SetFlags: 64}),
		operation(xdr.OperationTypeAllowTrust, xdr.AllowTrustOp{
			Trustor: account(bob), Asset: xdr.AssetCode{Type: xdr.AssetTypeAssetTypeCreditAlphanum4, AssetCode4: &code}, Authorize: 3}),
	} {
		in, err := ours().Decode(chain.Request{Form: FormTransaction, Payload: envelopeOf(t, tx(op))})
		if err != nil {
			t.Fatal(err)
		}
		if in.Effects[0].Kind != chain.Restrict || in.Effects[1].Kind != chain.Opaque {
			t.Errorf("effects %+v", in.Effects)
		}
	}
}
