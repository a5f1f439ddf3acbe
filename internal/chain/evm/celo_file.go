package evm

import "math/big"

// celoEnvelope finds out whether a JSON object is a transaction that only Celo has:
//
//   - by its type: "cip64" or 0x7b, "cip42" or 0x7c, "celo-legacy";
//   - without a type, by gatewayFee or gatewayFeeRecipient (with maxFeePerGas CIP-42,
//     with gasPrice the old legacy form), else by feeCurrency (CIP-64, or with gasPrice
//     the old legacy form);
//   - without any of these, by gasPrice together with gasLimit: what the libraries for
//     Celo from before CIP-42 and Tatum's write. Files that say gas, as those of web3
//     and geth do, or a type, as those of ethers do, are Ethereum's.
func (f *fields) celoEnvelope() (envelope, bool) {
	if raw, ok := f.object["type"]; ok && raw.Kind() != 'n' {
		text, _ := unquote(raw)
		n := new(big.Int)
		if number, ok := wholeNumber(string(raw)); ok {
			n = number
		} else if number, ok := wholeNumber(text); ok {
			n = number
		}
		switch {
		case text == "celo-legacy":
			return legacy, true
		case text == "cip42" || n.Cmp(big.NewInt(int64(cip42))) == 0:
			return cip42, true
		case text == "cip64" || n.Cmp(big.NewInt(int64(cip64))) == 0:
			return cip64, true
		}
		return 0, false
	}
	old := f.has("gasPrice") && !f.has("maxFeePerGas", "maxPriorityFeePerGas")
	switch {
	case f.has("gatewayFee", "gatewayFeeRecipient"):
		if old {
			return legacy, true
		}
		return cip42, true
	case f.has("feeCurrency"):
		if old {
			return legacy, true
		}
		return cip64, true
	}
	return legacy, old && f.has("gasLimit") && !f.has("gas", "accessList")
}

// celo reads what a transaction of Celo has besides.
func (f *fields) celo(t *transaction, kind envelope) {
	f.take("type")
	e := &celo{envelope: kind}
	t.envelope, t.own = kind, e
	e.feeCurrency = f.optionalAddress("feeCurrency")
	if kind != cip64 {
		e.gateway = f.optionalAddress("gatewayFeeRecipient")
		e.gatewayFee = f.number("gatewayFee")
	}
	if kind == legacy {
		if t.gasPrice = f.number("gasPrice"); t.gasPrice == nil {
			f.fail("gasPrice", "missing")
		}
		return
	}
	t.gasPrice, t.tip = f.number("maxFeePerGas"), f.number("maxPriorityFeePerGas")
	switch {
	case t.gasPrice == nil:
		f.fail("maxFeePerGas", "missing")
	case t.tip == nil:
		f.fail("maxPriorityFeePerGas", "missing")
	}
	f.lists(t, f.take("accessList"), nil, nil)
}

// optionalAddress reads an address; nil if it is missing or empty.
func (f *fields) optionalAddress(name string) *address {
	raw := f.take(name)
	if raw == nil || string(raw) == `""` || string(raw) == `"0x"` {
		return nil
	}
	a := f.addressOf(name, raw)
	return &a
}
