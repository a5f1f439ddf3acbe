package stellar

import (
	"encoding/hex"
	"math/big"
	"strconv"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
)

// call shows the call of a contract. With the token interface (SEP-41) its bounds are
// known: it can change what that contract says about holdings, and nothing else unless
// the trees approve more. Everything else is opaque.
func (d *description) call(c *xdr.InvokeContractArgs, note string) {
	if c.ContractAddress.ContractId == nil {
		d.fail("a call of something that is not a contract")
		return
	}
	id := *c.ContractAddress.ContractId
	if e, ok := d.token(c, id); ok {
		e.Detail = phrases(e.Detail, note)
		d.add(e)
		return
	}
	d.add(chain.Effect{
		Kind: chain.Opaque, To: strkeyText(versionContract, id[:]), Subject: quotedName(string(c.FunctionName)),
		Detail: phrases("contract call with "+strconv.Itoa(len(c.Args))+" arguments", note),
	})
}

// token reads the functions of SEP-41, and of the administrator of a classic asset
// where the contract is one.
func (d *description) token(c *xdr.InvokeContractArgs, id contract) (e chain.Effect, ok bool) {
	a := arguments(c.Args)
	switch c.FunctionName {
	case "transfer":
		e = chain.Effect{Kind: chain.Move, From: a.address(0), To: a.address(1), Amount: a.amount(2), Detail: "token transfer"}
		ok = len(a) == 3
	case "transfer_from":
		e = chain.Effect{Kind: chain.Move, From: a.address(1), To: a.address(2), Amount: a.amount(3)}
		e.Detail, ok = "token transfer by "+a.address(0), len(a) == 4 && a.address(0) != ""
	case "approve":
		e = chain.Effect{Kind: chain.Allow, From: a.address(0), To: a.address(1), Amount: a.amount(2)}
		e.Detail, ok = "token allowance until ledger "+a.ledger(3), len(a) == 4 && a.ledger(3) != ""
	case "burn":
		e = chain.Effect{Kind: chain.Move, From: a.address(0), To: "nobody", Amount: a.amount(1), Detail: "token burn"}
		ok = len(a) == 2
	case "burn_from":
		e = chain.Effect{Kind: chain.Move, From: a.address(1), To: "nobody", Amount: a.amount(2)}
		e.Detail, ok = "token burn by "+a.address(0), len(a) == 3 && a.address(0) != ""
	default:
		return d.assetAdministration(c, a, id)
	}
	if !ok || e.From == "" || e.To == "" || e.Amount == "" {
		return e, false
	}
	e.Asset, _ = d.tokenName(id)
	if e.Kind == chain.Allow && e.Amount != "0" && len(e.Amount) >= unlimitedDigits {
		d.warn("an allowance without a limit that matters, for " + e.To)
	}
	return e, true
}

// unlimitedDigits is the length from which an allowance is beyond any supply: a 128-bit
// number has up to 39 digits.
const unlimitedDigits = 30

// assetAdministration is what only the contracts of classic assets offer under these
// names in a known way (CAP-46-6).
func (d *description) assetAdministration(c *xdr.InvokeContractArgs, a arguments, id contract) (e chain.Effect, ok bool) {
	switch c.FunctionName {
	case "mint":
		e = chain.Effect{Kind: chain.Move, To: a.address(0), Amount: a.amount(1), Detail: "issued"}
		ok = len(a) == 2 && e.To != "" && e.Amount != ""
	case "clawback":
		e = chain.Effect{Kind: chain.Seize, From: a.address(0), To: "nobody", Amount: a.amount(1), Detail: "clawback"}
		ok = len(a) == 2 && e.From != "" && e.Amount != ""
	case "set_admin":
		e = chain.Effect{Kind: chain.Authority, To: a.address(0), Subject: "administrator of the asset's contract"}
		ok = len(a) == 1 && e.To != ""
	case "set_authorized":
		e = chain.Effect{Kind: chain.Restrict, From: a.address(0), Subject: "trust line", Detail: a.truth(1)}
		ok = len(a) == 2 && e.From != "" && e.Detail != ""
	}
	if !ok {
		return e, false
	}
	e.Asset, ok = d.tokenName(id)
	return e, ok
}

// arguments of a call. What is absent or of another type is "".
type arguments []xdr.ScVal

func (a arguments) address(i int) string {
	if i >= len(a) || a[i].Type != xdr.ScValTypeScvAddress {
		return ""
	}
	return contractAddressText(*a[i].Address)
}

// amount is a number of 128 bits that is not negative.
func (a arguments) amount(i int) string {
	if i >= len(a) || a[i].Type != xdr.ScValTypeScvI128 || a[i].I128.Hi < 0 {
		return ""
	}
	n := new(big.Int).SetUint64(uint64(a[i].I128.Hi))
	return n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(uint64(a[i].I128.Lo))).String()
}

func (a arguments) ledger(i int) string {
	if i >= len(a) || a[i].Type != xdr.ScValTypeScvU32 {
		return ""
	}
	return decimal(int64(*a[i].U32))
}

func (a arguments) truth(i int) string {
	switch {
	case i >= len(a) || a[i].Type != xdr.ScValTypeScvBool:
		return ""
	case *a[i].B:
		return "authorised"
	}
	return "authorisation revoked"
}

// quotedName is a name of letters, digits and underscores as it is, anything else
// quoted.
func quotedName(name string) string {
	for _, c := range []byte(name) {
		if !(c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z') {
			return quoted(name)
		}
	}
	return name
}

func hexText(b []byte) string { return hex.EncodeToString(b) }
