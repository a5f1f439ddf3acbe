package stellar

import (
	"strings"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
)

// decimals of every asset.
const decimals = 7

// asset is the name of an asset in effects, which it also gives a unit.
func (d *description) asset(a xdr.Asset) string {
	switch a.Type {
	case xdr.AssetTypeAssetTypeNative:
		return d.chain.network.Symbol
	case xdr.AssetTypeAssetTypeCreditAlphanum4:
		return d.credit(a.AlphaNum4.AssetCode[:], accountText(a.AlphaNum4.Issuer))
	case xdr.AssetTypeAssetTypeCreditAlphanum12:
		return d.credit(a.AlphaNum12.AssetCode[:], accountText(a.AlphaNum12.Issuer))
	}
	d.fail("an asset of unknown kind")
	return ""
}

// assetOfCode is the asset of a code that the issuer names without himself.
func (d *description) assetOfCode(c xdr.AssetCode, issuer string) string {
	switch c.Type {
	case xdr.AssetTypeAssetTypeCreditAlphanum4:
		return d.credit(c.AssetCode4[:], issuer)
	case xdr.AssetTypeAssetTypeCreditAlphanum12:
		return d.credit(c.AssetCode12[:], issuer)
	}
	d.fail("an asset of unknown kind")
	return ""
}

// credit is the name of an issued asset. A code is as the network has it: letters and
// digits, then zeros; at most four in the short form, at least five in the long one.
func (d *description) credit(code []byte, issuer string) string {
	text := strings.TrimRight(string(code), "\x00")
	if text == "" || len(code) > 4 && len(text) <= 4 {
		d.fail("an asset code of the wrong length")
		return ""
	}
	for _, c := range []byte(text) {
		if !('0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z') {
			d.fail("an asset code with other characters than letters and digits")
			return ""
		}
	}
	name := text + ":" + issuer
	d.unit(name, text)
	return name
}

func (d *description) unit(asset, symbol string) {
	d.units[asset] = chain.Unit{Symbol: symbol, Decimals: decimals}
}

// issuer is who made the asset of that name, "" for the native one.
func issuer(asset string) string {
	_, issuer, _ := strings.Cut(asset, ":")
	return issuer
}
