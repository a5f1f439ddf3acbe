package wire

// SendTxArgs is a transaction as callers ask for it and as the UI approves it. A pointer
// or list that is nil was not given, or was null. Read it with [ParseTransaction].
type SendTxArgs struct {
	From  Address
	To    *Address // nil creates a contract
	Gas   Number   // units
	Value Quantity // wei
	Nonce Number

	GasPrice             *Quantity // wei per unit of gas, as all fees
	MaxFeePerGas         *Quantity
	MaxPriorityFeePerGas *Quantity

	// Data and Input are the same thing, call data or the code that creates a contract.
	// [SendTxArgs.Complete] leaves it in Data only.
	Data, Input *Data

	AccessList *AccessList // EIP-2930
	ChainID    *Quantity

	MaxFeePerBlobGas    *Quantity // EIP-4844
	BlobVersionedHashes []Hash
	// BlobVersion is that of the sidecar: 0 with one proof for each blob, 1 with proofs
	// of its cells (EIP-7594).
	BlobVersion uint8
	Blobs       []Data // 131,072 bytes each
	Commitments []Data // 48 bytes each
	Proofs      []Data // 48 bytes each

	AuthorizationList []Authorization // EIP-7702

	// Type is what the caller thinks that the transaction is. It selects nothing, but
	// must agree with what the other members make of it. It is not passed on.
	Type *Number
}

// AccessList is what a transaction says that it will touch (EIP-2930).
type AccessList []AccessTuple

// AccessTuple is one address and slots of its storage.
type AccessTuple struct {
	Address     [20]byte
	StorageKeys []Hash
}

// Authorization lets the code of a contract run as that of the account that signed it
// (EIP-7702). The members have the names and the encoding of go-ethereum's RPC.
type Authorization struct {
	ChainID Quantity // 0: every network
	Address [20]byte
	Nonce   Number
	YParity uint8
	R, S    Quantity
}

// MarshalJSON writes the members as ui_approveTx has them: those of every transaction,
// null where they were not given, and then the others if they were.
func (a *SendTxArgs) MarshalJSON() ([]byte, error) { return a.appendJSON(nil), nil }

func (a *SendTxArgs) appendJSON(b []byte) []byte {
	b = appendText(append(b, `{"from":`...), a.From.String())
	b = append(b, `,"to":`...)
	if a.To != nil {
		b = appendText(b, a.To.String())
	} else {
		b = append(b, "null"...)
	}
	b = a.Gas.appendJSON(append(b, `,"gas":`...))
	b = appendQuantity(b, "gasPrice", a.GasPrice)
	b = appendQuantity(b, "maxFeePerGas", a.MaxFeePerGas)
	b = appendQuantity(b, "maxPriorityFeePerGas", a.MaxPriorityFeePerGas)
	b = a.Value.appendJSON(append(b, `,"value":`...))
	b = a.Nonce.appendJSON(append(b, `,"nonce":`...))
	if a.Data != nil {
		b = a.Data.appendJSON(append(b, `,"data":`...))
	}
	if a.Input != nil {
		b = a.Input.appendJSON(append(b, `,"input":`...))
	}
	if a.AccessList != nil {
		b = a.AccessList.appendJSON(append(b, `,"accessList":`...))
	}
	if a.ChainID != nil {
		b = appendQuantity(b, "chainId", a.ChainID)
	}
	if a.MaxFeePerBlobGas != nil {
		b = appendQuantity(b, "maxFeePerBlobGas", a.MaxFeePerBlobGas)
	}
	if len(a.BlobVersionedHashes) > 0 {
		b = appendHashes(append(b, `,"blobVersionedHashes":`...), a.BlobVersionedHashes)
	}
	if a.BlobVersion > 0 {
		b = append(append(b, `,"blobVersion":`...), '0'+a.BlobVersion)
	}
	b = appendMany(b, "blobs", a.Blobs)
	b = appendMany(b, "commitments", a.Commitments)
	b = appendMany(b, "proofs", a.Proofs)
	if len(a.AuthorizationList) > 0 {
		b = appendAuthorizations(append(b, `,"authorizationList":`...), a.AuthorizationList)
	}
	return append(b, '}')
}

// MarshalJSON writes a list of {"address", "storageKeys"}.
func (l AccessList) MarshalJSON() ([]byte, error) { return l.appendJSON(nil), nil }

func (l AccessList) appendJSON(b []byte) []byte {
	b = append(b, '[')
	for i := range l {
		b = Data(l[i].Address[:]).appendJSON(append(appendComma(b, i), `{"address":`...))
		b = append(appendHashes(append(b, `,"storageKeys":`...), l[i].StorageKeys), '}')
	}
	return append(b, ']')
}

func appendAuthorizations(b []byte, list []Authorization) []byte {
	b = append(b, '[')
	for i := range list {
		a := &list[i]
		b = a.ChainID.appendJSON(append(appendComma(b, i), `{"chainId":`...))
		b = Data(a.Address[:]).appendJSON(append(b, `,"address":`...))
		b = a.Nonce.appendJSON(append(b, `,"nonce":`...))
		b = Number(a.YParity).appendJSON(append(b, `,"yParity":`...))
		b = a.R.appendJSON(append(b, `,"r":`...))
		b = append(a.S.appendJSON(append(b, `,"s":`...)), '}')
	}
	return append(b, ']')
}

// appendQuantity appends a member, null if there is no value.
func appendQuantity(b []byte, name string, q *Quantity) []byte {
	b = append(append(append(b, `,"`...), name...), `":`...)
	if q == nil {
		return append(b, "null"...)
	}
	return q.appendJSON(b)
}

// appendMany appends a member that is a list, unless it is empty.
func appendMany(b []byte, name string, list []Data) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":[`...)
	for i := range list {
		b = list[i].appendJSON(appendComma(b, i))
	}
	return append(b, ']')
}

func appendHashes(b []byte, list []Hash) []byte {
	b = append(b, '[')
	for i := range list {
		b = Data(list[i][:]).appendJSON(appendComma(b, i))
	}
	return append(b, ']')
}
