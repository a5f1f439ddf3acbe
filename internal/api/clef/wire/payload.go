package wire

import (
	"math/big"

	"strongroom/internal/chain"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// The types of transactions (EIP-2718).
const (
	legacyTx     = 0
	accessListTx = 1 // EIP-2930
	dynamicFeeTx = 2 // EIP-1559
	blobTx       = 3 // EIP-4844
	setCodeTx    = 4 // EIP-7702
)

// formTransaction is the form of package chain/evm for all of them.
const formTransaction = "transaction"

// kind is the type that the members make. An empty list of hashes is none: the UI is not
// shown it, so that what it approves has none.
func (a *SendTxArgs) kind() byte {
	switch {
	case len(a.BlobVersionedHashes) > 0:
		return blobTx
	case a.AuthorizationList != nil:
		return setCodeTx
	case a.MaxFeePerGas != nil:
		return dynamicFeeTx
	case a.AccessList != nil:
		return accessListTx
	}
	return legacyTx
}

// CheckChain compares the chain id that a caller asks for with the one of the signer.
// Errors: fault.Invalid with the peer's text.
func (a *SendTxArgs) CheckChain(chainID uint64) error {
	if a.ChainID == nil || a.names(chainID) {
		return nil
	}
	return fault.Invalid.New("requested chainid %d does not match the configuration of the signer", a.ChainID.Big())
}

func (a *SendTxArgs) names(chainID uint64) bool {
	return *a.ChainID == QuantityOf(new(big.Int).SetUint64(chainID))
}

// ToRequest is the chain's request for a transaction that [SendTxArgs.Complete] has
// completed: form "transaction" of package chain/evm, with the sender as the context.
// What names no chain gets chainID; a legacy transaction gets it whatever it names.
// Errors: fault.Invalid, with the peer's text for another chain id, and for chain id 0.
func ToRequest(a *SendTxArgs, chainID uint64) (chain.Request, error) {
	if chainID == 0 {
		return chain.Request{}, errNoChain
	}
	kind := a.kind()
	if kind != legacyTx && a.ChainID != nil && !a.names(chainID) {
		return chain.Request{}, fault.Invalid.New("invalid chain id for signer: have %d want %d", a.ChainID.Big(), chainID)
	}
	from := a.From.Raw()
	return chain.Request{Form: formTransaction, Payload: a.preimage(kind, chainID), Context: from[:]}, nil
}

var errNoChain = fault.Invalid.New("the signer has no chain id").WithHint("set one with --chainid, or with clef_setChainId")

// preimage is what the digest of the unsigned transaction is of.
func (a *SendTxArgs) preimage(kind byte, chainID uint64) []byte {
	var b []byte
	if kind != legacyTx {
		b = rlp.AppendUint(b, chainID)
	}
	b = rlp.AppendUint(b, uint64(a.Nonce))
	if kind >= dynamicFeeTx {
		b = appendOptional(b, a.MaxPriorityFeePerGas)
		b = appendOptional(b, a.MaxFeePerGas)
	} else {
		b = appendOptional(b, a.GasPrice)
	}
	b = rlp.AppendUint(b, uint64(a.Gas))
	var to *[20]byte
	if a.To != nil {
		to = &a.To.raw
	}
	b = rlp.AppendReceiver(b, to)
	b = rlp.AppendDigits(b, a.Value[:])
	b = rlp.AppendBytes(b, a.payload())
	if kind == legacyTx {
		b = append(rlp.AppendUint(b, chainID), 0x80, 0x80) // EIP-155
		return rlp.AppendList(nil, b)
	}
	b = a.appendAccess(b)
	switch kind {
	case blobTx:
		b = appendOptional(b, a.MaxFeePerBlobGas)
		b = appendWords(b, a.BlobVersionedHashes)
	case setCodeTx:
		b = a.appendAuthorizations(b)
	}
	return rlp.AppendList([]byte{kind}, b)
}

// payload is the call data or code. Input wins.
func (a *SendTxArgs) payload() []byte {
	switch {
	case a.Input != nil:
		return *a.Input
	case a.Data != nil:
		return *a.Data
	}
	return nil
}

func appendOptional(b []byte, q *Quantity) []byte {
	if q == nil {
		return rlp.AppendUint(b, 0)
	}
	return rlp.AppendDigits(b, q[:])
}

func appendWords(b []byte, words []Hash) []byte {
	var list []byte
	for i := range words {
		list = rlp.AppendBytes(list, words[i][:])
	}
	return rlp.AppendList(b, list)
}

func (a *SendTxArgs) appendAccess(b []byte) []byte {
	var list []byte
	if a.AccessList != nil {
		for _, t := range *a.AccessList {
			list = rlp.AppendList(list, appendWords(rlp.AppendBytes(nil, t.Address[:]), t.StorageKeys))
		}
	}
	return rlp.AppendList(b, list)
}

func (a *SendTxArgs) appendAuthorizations(b []byte) []byte {
	var list []byte
	for i := range a.AuthorizationList {
		one := &a.AuthorizationList[i]
		m := rlp.AppendDigits(nil, one.ChainID[:])
		m = rlp.AppendBytes(m, one.Address[:])
		m = rlp.AppendUint(rlp.AppendUint(m, uint64(one.Nonce)), uint64(one.YParity))
		list = rlp.AppendList(list, rlp.AppendDigits(rlp.AppendDigits(m, one.R[:]), one.S[:]))
	}
	return rlp.AppendList(b, list)
}
