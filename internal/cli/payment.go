package cli

import (
	"crypto/sha256"

	"strongroom/internal/chain/algorand"
	"strongroom/internal/codec/msgpack"
	"strongroom/internal/fault"
)

// samplePayment is the smallest payment from an account to itself, on a network
// that does not exist: its signature is worth nothing anywhere.
func samplePayment(account string) ([]byte, error) {
	address, err := algorand.ParseAddress(account)
	if err != nil {
		return nil, err
	}
	genesis := sha256.Sum256([]byte("strongroom dev"))
	b := msgpack.AppendMapHeader(nil, 9)
	text := func(name string) { b = msgpack.AppendText(b, name) }
	text("amt")
	b = msgpack.AppendUint(b, 1)
	text("fee")
	b = msgpack.AppendUint(b, 1000)
	text("fv")
	b = msgpack.AppendUint(b, 1)
	text("gen")
	text("strongroom-dev-v1")
	text("gh")
	b = msgpack.AppendBinary(b, genesis[:])
	text("lv")
	b = msgpack.AppendUint(b, 1000)
	text("rcv")
	b = msgpack.AppendBinary(b, address[:])
	text("snd")
	b = msgpack.AppendBinary(b, address[:])
	text("type")
	text("pay")
	canonical, err := algorand.Canonicalize(b)
	if err != nil {
		return nil, fault.Internal.Wrap(err, "the sample payment is not a transaction")
	}
	return canonical, nil
}
