package selector

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

// smallCode is below what any real contract is created with, in bytes. The peer's
// number.
const smallCode = 40

// maxData is more than any network takes as one transaction, in bytes.
const maxData = 512 << 10

// Result is what there is to say of a transaction.
type Result struct {
	Info wire.CallInfo
	// Learn is the method signature that the caller gave, if it fits; else "". Give it to
	// [Database.Learn] once the request is approved.
	Learn string
}

// Validate checks a transaction, which it completes ([wire.SendTxArgs.Complete]).
// signature is the method signature that the caller gave, or nil. In advanced mode
// warnings are only told; else they refuse the request. Computing with blobs takes long,
// so that one request does it at a time; ctx ends the waiting. Errors: fault.Invalid
// with the peer's texts, fault.Canceled.
func (d *Database) Validate(ctx context.Context, signature *string, a *wire.SendTxArgs, advanced bool) (Result, error) {
	if a.HasBlobs() {
		select {
		case d.blobs <- struct{}{}:
			defer func() { <-d.blobs }()
		case <-ctx.Done():
			return Result{}, fault.Canceled.New("the request ended before it was checked")
		}
	}
	if err := a.Complete(); err != nil {
		return Result{}, err
	}
	if n := len(callData(a)); n > maxData {
		return Result{}, fault.TooLarge.New("a transaction with %d bytes of data, at most %d", n, maxData)
	}
	var r Result
	var err error
	if a.To == nil {
		err = r.creation(signature, a)
	} else {
		r.recipient(*a.To)
		r.fees(a)
		err = d.call(&r, signature, a)
	}
	if err != nil {
		return Result{}, err
	}
	if warnings := r.Info.Warnings(); len(warnings) > 0 && !advanced {
		return Result{}, fault.Invalid.New("validation failed: %s", strings.Join(warnings, ","))
	}
	return r, nil
}

func (r *Result) say(level, format string, args ...any) {
	r.Info = append(r.Info, wire.Message{Type: level, Message: fmt.Sprintf(format, args...)})
}

var errValueLost = fault.Invalid.New("transaction will create a contract with value but empty code")

// creation checks a transaction that creates a contract. Nothing else of it is checked.
func (r *Result) creation(signature *string, a *wire.SendTxArgs) error {
	switch n := len(callData(a)); {
	case n == 0 && !a.Value.IsZero():
		return errValueLost
	case n == 0:
		r.say(wire.Critical, "Transaction will create a contract with empty code")
	case n < smallCode:
		r.say(wire.Warning, "Transaction will create a contract, but the payload is suspiciously small (%d bytes)", n)
	}
	if signature != nil {
		r.say(wire.Warning, "Transaction will create a contract, but method selector supplied, indicating an intent to call a method")
	}
	return nil
}

func (r *Result) recipient(to wire.Address) {
	if !to.Checked() {
		r.say(wire.Warning, "Invalid checksum on recipient address")
	}
	if to.IsZero() {
		r.say(wire.Critical, "Transaction recipient is the zero address")
	}
}

func (r *Result) fees(a *wire.SendTxArgs) {
	switch {
	case a.GasPrice == nil && a.MaxFeePerGas == nil:
		r.say(wire.Critical, "Neither 'gasPrice' nor 'maxFeePerGas' specified.")
	case a.GasPrice == nil && a.MaxPriorityFeePerGas == nil:
		r.say(wire.Critical, "Neither 'gasPrice' nor 'maxPriorityFeePerGas' specified.")
	case a.GasPrice != nil && a.MaxFeePerGas != nil:
		r.say(wire.Critical, "Both 'gasPrice' and 'maxFeePerGas' specified.")
	case a.GasPrice != nil && a.MaxPriorityFeePerGas != nil:
		r.say(wire.Critical, "Both 'gasPrice' and 'maxPriorityFeePerGas' specified.")
	}
}

// call checks call data.
func (d *Database) call(r *Result, signature *string, a *wire.SendTxArgs) error {
	data := callData(a)
	if len(data) == 0 {
		return nil
	}
	if len(data) < 4 {
		r.say(wire.Warning, "Transaction data is not valid ABI (missing the 4 byte call prefix)")
		return nil
	}
	if n := len(data) - 4; n%wordSize != 0 {
		r.say(wire.Warning, "Transaction data is not valid ABI (length should be a multiple of 32 (was %d))", n)
	}
	failed := "Transaction contains data, but provided ABI signature could not be matched: %s"
	if signature == nil {
		known, ok, err := d.Signature([4]byte(data[:4]))
		if err != nil {
			return err
		}
		if !ok {
			r.say(wire.Warning, "Transaction contains data, but the ABI signature could not be found: signature %x not found", data[:4])
			return nil
		}
		failed = "Transaction contains data, but provided ABI signature could not be verified: %s"
		signature = &known
	} else {
		r.Learn = *signature
	}
	text, err := describe(*signature, data)
	if err != nil {
		r.Learn = ""
		r.say(wire.Warning, failed, fault.Text(err))
		return nil
	}
	r.say(wire.Info, "Transaction invokes the following method: %s", strconv.Quote(text))
	return nil
}

func callData(a *wire.SendTxArgs) []byte {
	if a.Data == nil {
		return nil
	}
	return *a.Data
}
