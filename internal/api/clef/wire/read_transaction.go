package wire

import "strongroom/internal/fault"

// Bounds on the lists of a transaction, far above what any network accepts.
const (
	maxAccess         = 4096 // addresses, and as many keys of each and together
	maxBlobs          = 32
	maxCells          = maxBlobs * cellsPerBlob
	maxAuthorizations = 128
)

// inTransaction is where the members of a transaction stand.
func inTransaction(name string) field { return field{"SendTxArgs", name} }

// ParseTransaction reads a transaction object. null is a transaction without members.
// Errors: fault.Invalid with the peer's texts, fault.TooLarge for lists of absurd length.
// Unknown members, and members given twice, are refused.
func ParseTransaction(raw []byte) (*SendTxArgs, error) {
	list, err := members(raw, "apitypes.SendTxArgs")
	if err != nil {
		return nil, err
	}
	a := new(SendTxArgs)
	for _, m := range list {
		if err := a.set(m); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// set reads one member.
func (a *SendTxArgs) set(m member) (err error) {
	at := inTransaction(m.name)
	switch m.name {
	case "from":
		a.From, err = at.address(m.value)
	case "gas":
		a.Gas, err = at.number(m.value)
	case "value":
		a.Value, err = at.quantity(m.value)
	case "nonce":
		a.Nonce, err = at.number(m.value)
	default:
		if !isNull(m.value) || !optional(m.name) {
			return a.setOptional(m, at)
		}
	}
	return err
}

// optional reports whether a member may be null.
func optional(name string) bool {
	switch name {
	case "to", "gasPrice", "maxFeePerGas", "maxPriorityFeePerGas", "data", "input", "accessList", "chainId", "type",
		"maxFeePerBlobGas", "blobVersionedHashes", "blobVersion", "blobs", "commitments", "proofs", "authorizationList":
		return true
	}
	return false
}

// setOptional reads a member that is not null.
func (a *SendTxArgs) setOptional(m member, at field) (err error) {
	switch m.name {
	case "to":
		var to Address
		to, err = at.address(m.value)
		a.To = &to
	case "gasPrice":
		a.GasPrice, err = at.someQuantity(m.value)
	case "maxFeePerGas":
		a.MaxFeePerGas, err = at.someQuantity(m.value)
	case "maxPriorityFeePerGas":
		a.MaxPriorityFeePerGas, err = at.someQuantity(m.value)
	case "chainId":
		a.ChainID, err = at.someQuantity(m.value)
	case "maxFeePerBlobGas":
		a.MaxFeePerBlobGas, err = at.someQuantity(m.value)
	case "data":
		var data Data
		data, err = at.data(m.value)
		a.Data = &data
	case "input":
		var data Data
		data, err = at.data(m.value)
		a.Input = &data
	case "type":
		var kind Number
		kind, err = at.number(m.value)
		a.Type = &kind
	case "accessList":
		var list AccessList
		list, err = at.accessList(m.value)
		a.AccessList = &list
	case "blobVersionedHashes":
		a.BlobVersionedHashes, err = at.hashes(m.value, maxBlobs)
	case "blobVersion":
		a.BlobVersion, err = at.version(m.value)
	case "blobs":
		a.Blobs, err = at.many(m.value, blobSize, maxBlobs, "kzg4844.Blob")
	case "commitments":
		a.Commitments, err = at.many(m.value, pointSize, maxBlobs, "kzg4844.Commitment")
	case "proofs":
		a.Proofs, err = at.many(m.value, pointSize, maxCells, "kzg4844.Proof")
	case "authorizationList":
		a.AuthorizationList, err = at.authorizations(m.value)
	default:
		return fault.Invalid.New("json: unknown field %q in a transaction", clip(m.name)).
			WithHint("leave it out: the transaction would be signed without it")
	}
	return err
}

func (f field) someQuantity(raw []byte) (*Quantity, error) {
	q, err := f.quantity(raw)
	return &q, err
}

// version reads the version of a sidecar, a JSON number.
func (f field) version(raw []byte) (uint8, error) {
	switch string(raw) {
	case "0":
		return 0, nil
	case "1":
		return 1, nil
	}
	return 0, fault.Invalid.New("json: %s is neither 0 nor 1", f.place())
}

func (f field) hashes(raw []byte, limit int) ([]Hash, error) {
	list := []Hash{}
	err := f.elements(raw, limit, "[]common.Hash", func(value []byte) error {
		b, err := f.fixed(value, 32, "common.Hash")
		if err == nil {
			list = append(list, Hash(b))
		}
		return err
	})
	return list, err
}

// many reads a list of byte strings of one size.
func (f field) many(raw []byte, size, limit int, kind string) ([]Data, error) {
	list := []Data{}
	err := f.elements(raw, limit, "[]"+kind, func(value []byte) error {
		b, err := f.fixed(value, size, kind)
		list = append(list, b)
		return err
	})
	return list, err
}

func (f field) accessList(raw []byte) (AccessList, error) {
	list, keys := AccessList{}, 0
	err := f.elements(raw, maxAccess, "types.AccessList", func(value []byte) error {
		tuple, err := readAccessTuple(value)
		if err != nil {
			return err
		}
		if keys += len(tuple.StorageKeys); keys > maxAccess {
			return fault.TooLarge.New("an access list of more than %d keys", maxAccess)
		}
		list = append(list, tuple)
		return nil
	})
	return list, err
}

func readAccessTuple(raw []byte) (t AccessTuple, err error) {
	list, err := members(raw, "types.AccessTuple")
	if err != nil {
		return t, err
	}
	var address, keys bool
	for _, m := range list {
		at := field{"AccessTuple", m.name}
		switch {
		case m.name == "address" && !isNull(m.value):
			var b []byte
			if b, err = at.fixed(m.value, len(t.Address), "common.Address"); err == nil {
				t.Address, address = [20]byte(b), true
			}
		case m.name == "storageKeys" && !isNull(m.value):
			t.StorageKeys, err = at.hashes(m.value, maxAccess)
			keys = true
		case m.name != "address" && m.name != "storageKeys":
			err = fault.Invalid.New("json: unknown field %q in an access list", clip(m.name))
		}
		if err != nil {
			return t, err
		}
	}
	if !address {
		return t, missing("address", "AccessTuple")
	}
	if !keys {
		return t, missing("storageKeys", "AccessTuple")
	}
	return t, nil
}

func (f field) authorizations(raw []byte) ([]Authorization, error) {
	list := []Authorization{}
	err := f.elements(raw, maxAuthorizations, "[]types.SetCodeAuthorization", func(value []byte) error {
		one, err := readAuthorization(value)
		list = append(list, one)
		return err
	})
	return list, err
}

// authorizationMembers are all needed.
var authorizationMembers = [...]string{"chainId", "address", "nonce", "yParity", "r", "s"}

func readAuthorization(raw []byte) (a Authorization, err error) {
	list, err := members(raw, "types.SetCodeAuthorization")
	if err != nil {
		return a, err
	}
	given := map[string]bool{}
	for _, m := range list {
		at := field{"SetCodeAuthorization", m.name}
		switch m.name {
		case "chainId":
			a.ChainID, err = at.quantity(m.value)
		case "address":
			var b []byte
			if b, err = at.fixed(m.value, len(a.Address), "common.Address"); err == nil {
				a.Address = [20]byte(b)
			}
		case "nonce":
			a.Nonce, err = at.number(m.value)
		case "yParity":
			var parity Number
			if parity, err = at.number(m.value); err == nil && parity > 0xff {
				err = at.in(fault.Invalid.New("hex number > 8 bits"), "hexutil.Uint64")
			}
			a.YParity = uint8(parity)
		case "r":
			a.R, err = at.quantity(m.value)
		case "s":
			a.S, err = at.quantity(m.value)
		default:
			err = fault.Invalid.New("json: unknown field %q in an authorization", clip(m.name))
		}
		if err != nil {
			return a, err
		}
		given[m.name] = true
	}
	for _, name := range authorizationMembers {
		if !given[name] {
			return a, missing(name, "SetCodeAuthorization")
		}
	}
	return a, nil
}

func missing(member, object string) error {
	return fault.Invalid.New("missing required field '%s' for %s", member, object)
}

// clip shortens a caller's text for an error.
func clip(text string) string {
	if len(text) > 40 {
		return text[:40] + "…"
	}
	return text
}
