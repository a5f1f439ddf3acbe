package wire

import (
	"math/big"
	"strconv"

	"strongroom/internal/fault"
)

// MaxBulk is the most transactions of one account_bulkSignTransactions.
const MaxBulk = 256

// ParseBulk reads the parameter of account_bulkSignTransactions: at least two
// transactions of one sender, with nonces that follow each other, which move the native
// asset and do nothing else. Errors: those of [ParseTransaction], behind the index of the
// transaction.
func ParseBulk(raw []byte) ([]*SendTxArgs, error) {
	all := []*SendTxArgs{}
	if err := (field{}).elements(raw, MaxBulk, "transactions", func(value []byte) error {
		a, err := ParseTransaction(value)
		if err == nil {
			err = a.checkPlain()
		}
		if err == nil && len(all) > 0 {
			err = a.checkFollows(all[len(all)-1])
		}
		if err != nil {
			return fault.KindOf(err).New("transactions[%d]: %s", len(all), fault.Text(err))
		}
		all = append(all, a)
		return nil
	}); err != nil {
		return nil, err
	}
	if len(all) < 2 {
		return nil, fault.Invalid.New("fewer than 2 transactions")
	}
	return all, nil
}

// checkPlain makes sure that a transaction moves the native asset and does nothing else.
func (a *SendTxArgs) checkPlain() error {
	switch {
	case a.To == nil:
		return fault.Invalid.New("transaction recipient must be set in bulk")
	case a.Data != nil && len(*a.Data) > 0 || a.Input != nil && len(*a.Input) > 0:
		return fault.Invalid.New("data cannot be signed in bulk")
	case a.AccessList != nil || a.BlobVersionedHashes != nil || a.Blobs != nil || a.Commitments != nil || a.Proofs != nil ||
		a.MaxFeePerBlobGas != nil || a.AuthorizationList != nil:
		return fault.Invalid.New("access lists, blobs and authorizations cannot be signed in bulk")
	}
	return nil
}

func (a *SendTxArgs) checkFollows(before *SendTxArgs) error {
	if a.From.raw != before.From.raw {
		return fault.Invalid.New("another sender than the one before")
	}
	if a.Nonce == 0 || a.Nonce-1 != before.Nonce {
		return fault.Invalid.New("nonce %s does not follow %s", a.Nonce, before.Nonce)
	}
	return nil
}

// BulkRequest is the parameter of ui_approveBulkTx and of the rule callback
// ApproveBulkTx: transactions of one sender that are signed together or not at all. Make
// it with [NewBulkRequest].
type BulkRequest struct {
	Transactions []TxItem
	Value        *big.Int // wei, of all together
	MaxFee       *big.Int // wei, the most that all together can cost: gas at the highest price
	Recipients   int      // how many different ones
	Meta         Meta
}

// TxItem is one of several transactions.
type TxItem struct {
	Transaction *SendTxArgs
	CallInfo    CallInfo
}

// NewBulkRequest adds up transactions; infos are what was said of each. Errors:
// fault.Internal if there is not one for each.
func NewBulkRequest(all []*SendTxArgs, infos []CallInfo, meta Meta) (*BulkRequest, error) {
	if len(infos) != len(all) {
		return nil, fault.Internal.New("%d transactions, and %d of them were checked", len(all), len(infos))
	}
	r := &BulkRequest{Transactions: make([]TxItem, len(all)), Value: new(big.Int), MaxFee: new(big.Int), Meta: meta}
	recipients := map[[20]byte]bool{}
	for i, a := range all {
		r.Transactions[i] = TxItem{a, infos[i]}
		r.Value.Add(r.Value, a.Value.Big())
		if price := a.highestPrice(); price != nil {
			fee := new(big.Int).SetUint64(uint64(a.Gas))
			r.MaxFee.Add(r.MaxFee, fee.Mul(fee, price.Big()))
		}
		if a.To != nil {
			recipients[a.To.raw] = true
		}
	}
	r.Recipients = len(recipients)
	return r, nil
}

// highestPrice is what a unit of gas costs at most; nil for nothing.
func (a *SendTxArgs) highestPrice() *Quantity {
	if a.MaxFeePerGas != nil {
		return a.MaxFeePerGas
	}
	return a.GasPrice
}

// MarshalJSON writes {"transactions": [{"transaction", "call_info"}], "value", "max_fee",
// "recipients", "meta"}.
func (r *BulkRequest) MarshalJSON() ([]byte, error) { return r.appendJSON(nil), nil }

func (r *BulkRequest) appendJSON(b []byte) []byte {
	b = append(b, `{"transactions":[`...)
	for i, item := range r.Transactions {
		b = item.Transaction.appendJSON(append(appendComma(b, i), `{"transaction":`...))
		b = append(item.CallInfo.appendJSON(append(b, `,"call_info":`...)), '}')
	}
	b = appendBig(append(b, `],"value":`...), r.Value)
	b = appendBig(append(b, `,"max_fee":`...), r.MaxFee)
	b = strconv.AppendInt(append(b, `,"recipients":`...), int64(r.Recipients), 10)
	return append(r.Meta.appendJSON(append(b, `,"meta":`...)), '}')
}

// appendBig appends a sum, which may have more than 256 bits.
func appendBig(b []byte, n *big.Int) []byte {
	return append(n.Append(append(b, `"0x`...), 16), '"')
}
