package evm

import (
	"math/big"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/chain/solidity"
)

// safe is a transaction of a Safe, which runs when enough of its owners signed it.
func (o *order) safe() {
	from := o.domain.contract
	to := o.at("to").address()
	operation := o.at("operation").number().Uint64()
	if value := o.at("value").number(); value.Sign() > 0 || len(o.at("data").bytes) == 0 && operation == 0 {
		o.move(o.contract, o.text(to), value, "from the Safe")
		if hexaccount.IsBurn(to) {
			o.warn("The receiver is an address to which nobody has the key: " + o.text(to) + ".")
		}
	}
	if operation > 1 {
		o.opaque(o.text(to), "operation", "an operation that no Safe is known to have")
	}
	o.call(solidity.Call{From: from, To: to, HasFrom: true, Value: o.at("value").number(), Data: o.at("data").bytes, Delegate: operation == 1})
	o.safeRefund()
}

// safeRefund is what a Safe pays to whoever sends the transaction: gas times a price,
// in any token. What the gas is follows from the transaction only roughly, and of
// tokens nothing bounds the price.
func (o *order) safeRefund() {
	if o.at("gasPrice").number().Sign() == 0 {
		return
	}
	gets := "whoever sends the transaction"
	if o.at("refundReceiver").address() != (address{}) {
		gets = o.address("refundReceiver")
	}
	o.add(chain.Effect{Kind: chain.Move, Asset: o.asset(o.at("gasToken").address()), Amount: everything, From: o.contract, To: gets,
		Detail: "refund of gas at a price of " + o.at("gasPrice").text() + " for each unit"})
	o.warn("The Safe pays a refund for gas, whose amount is not bounded here.")
}

// userOperation is a call of an account of ERC-4337 by the contract EntryPoint.
func (o *order) userOperation() {
	sender := o.at("sender").address()
	account := o.text(sender)
	if code := o.at("initCode").bytes; len(code) > 0 {
		o.add(chain.Effect{Kind: chain.Deploy, From: account, To: account, Subject: "account", Detail: "creates the account with code that is not read here"})
	}
	if data := o.at("callData").bytes; len(data) > 0 {
		o.ownCode(account, data)
		o.call(solidity.Call{From: o.domain.contract, To: sender, HasFrom: true, Data: data})
	} else {
		o.opaque(account, "callData", "calls the account without data")
	}
	o.fact("nonce", o.at("nonce").text())
	o.userOperationFee(account)
}

// userOperationFee is gas of all kinds at the highest price; what a paymaster takes
// instead is its own business.
func (o *order) userOperationFee(account string) {
	limits, prices := o.at("accountGasLimits").word, o.at("gasFees").word
	gas := o.at("preVerificationGas").number()
	half := func(word []byte) *big.Int { return new(big.Int).SetBytes(word) }
	gas.Add(gas, half(limits[:16])).Add(gas, half(limits[16:]))
	paymaster := o.at("paymasterAndData").bytes
	if len(paymaster) >= 52 {
		gas.Add(gas, half(paymaster[20:36])).Add(gas, half(paymaster[36:52]))
	}
	o.unit(o.native())
	o.add(chain.Effect{Kind: chain.Fee, Asset: o.native(), Amount: gas.Mul(gas, half(prices[16:])).String(), From: account, Detail: "at most"})
	if len(paymaster) >= 20 {
		o.opaque(o.text(address(paymaster[:20])), "paymaster", "pays the fee, and may take tokens for it")
	} else if len(paymaster) > 0 {
		o.opaque(account, "paymaster", "data of a wrong length")
	}
}

// metaTransaction is a call of the contract that checks the signature, as if by the
// signer.
func (o *order) metaTransaction() {
	from := o.at("from").address()
	o.foreign(from)
	o.forwarded(solidity.Call{From: from, To: o.domain.contract, HasFrom: true, Data: o.at("functionSignature").bytes})
}

// forward is a call of any contract that trusts the forwarder, as if by the signer.
func (o *order) forward() {
	from, to := o.at("from").address(), o.at("to").address()
	o.foreign(from)
	value := o.at("value").number()
	if value.Sign() > 0 { // the sender of the transaction brings it along
		o.move(o.contract, o.text(to), value, "brought by whoever sends the call")
	}
	o.forwarded(solidity.Call{From: from, To: to, HasFrom: true, Value: value, Data: o.at("data").bytes})
}

func (o *order) forwarded(call solidity.Call) {
	if len(call.Data) == 0 {
		o.opaque(o.text(call.To), o.message.of.name, "a call without data")
		return
	}
	o.call(call)
}
