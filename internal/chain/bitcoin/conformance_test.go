package bitcoin

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
)

// Each byte of these payloads is part of what is signed, or must fit it. (Of larger PSBTs
// that does not hold: descriptions of keys and of other people's inputs are not signed.)
func TestConformance(t *testing.T) {
	alice := publicOf(t, person("alice"))
	for symbol, c := range networks(false) {
		script := payTo(t, c, "alice", c.AddressFormats()[0])
		out := coinOf{90 * coin, payTo(t, c, "bob", c.AddressFormats()[0])}
		signer := []curve.PublicKey{alice}
		valid := map[string]chain.Request{
			"proved":  newDraft(true, []coinOf{{91 * coin, script}}, out).request(t, FormTransaction, "alice"),
			"psbt":    newDraft(true, []coinOf{{91 * coin, script}}, out).request(t, FormPSBT, "alice"),
			"message": {Form: FormMessage, Payload: []byte("hello"), Signer: alice},
		}
		switch symbol {
		case "BTC":
			valid["bip322"] = chain.Request{Form: FormBIP322, Payload: []byte("hello"), Signer: alice}
			valid["bip322 p2tr"] = chain.Request{Form: FormBIP322, Payload: []byte("hello"), Signer: alice, Context: []byte(FormatP2TR)}
			fallthrough
		case "LTC":
			for _, format := range []string{FormatP2WPKH, FormatNested, FormatP2TR} {
				valid[format] = newDraft(false, []coinOf{{91 * coin, payTo(t, c, "alice", format)}}, out).request(t, FormTransaction, "alice")
			}
		case "BCH":
			valid["output only"] = newDraft(false, []coinOf{{91 * coin, script}}, out).request(t, FormTransaction, "alice")
			amounts := newDraft(false, []coinOf{{91 * coin, script}}, out).without(0, inWitnessUTXO)
			valid["amounts"] = chain.Request{Form: FormTransaction, Payload: amounts.bytes(), Signers: signer, Context: Context{Amounts: []int64{91 * coin}}.Encode()}
		}
		t.Run(symbol, func(t *testing.T) {
			chaintest.Run(t, chaintest.Config{Chain: c, Valid: valid, FreeForm: []string{FormMessage, FormBIP322}})
		})
	}
}
