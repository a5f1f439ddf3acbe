package store

import (
	"math"

	"strongroom/internal/fault"
)

// Bounds of what a store keeps, in bytes except MaxIndex. [Check] refuses
// anything beyond them, so that every engine has the same ones.
const (
	MaxName   = 64 << 10      // names of wallets and keys, and the names of foreign files
	MaxOrigin = 256           // the chain or the derivation path of a key
	MaxPublic = 1 << 10       // the public part of a record
	MaxSealed = 1 << 20       // one slot's or record's ciphertext
	MaxIndex  = math.MaxInt64 // indices and journal sequence numbers
)

// Check reports whether a change keeps to the bounds and carries what it must,
// without looking at any stored state. Engines call it on every change before
// they start. Errors are fault.Invalid or fault.TooLarge.
func Check(change Change) error {
	switch c := change.(type) {
	case InsertWallet:
		return checkWallet(c.Wallet)
	case UpdateWallet:
		return checkWallet(c.Wallet)
	case DeleteWallet:
		return checkID(c.ID)
	case PutSlot:
		return firstError(checkID(c.Wallet), checkSealed(c.Slot.Sealed))
	case DeleteSlot:
		return checkID(c.Wallet)
	case InsertRecord:
		return firstError(checkID(c.Wallet), checkRecord(c.Record))
	case DeleteRecord:
		return firstError(checkID(c.Wallet), checkRecordID(c.ID))
	case NameRecord:
		return firstError(checkID(c.Wallet), checkRecordID(c.ID), checkName(c.Name))
	case SetIndex:
		return firstError(checkID(c.Wallet), checkIndex(c.Next))
	default:
		return fault.Invalid.New("change of unknown type %T", change)
	}
}

// CheckHead is [Check] for the head of the journal.
func CheckHead(head Head) error { return checkIndex(head.Sequence) }

func checkWallet(w Wallet) error {
	if err := firstError(checkID(w.ID), checkIndex(w.NextIndex)); err != nil {
		return err
	}
	for _, name := range []string{w.Name, w.CreatedName, w.Source} {
		if err := checkName(name); err != nil {
			return err
		}
	}
	if n := len(w.SourceHash); n != 0 && n != 32 {
		return fault.Invalid.New("source hash of %d bytes: must be 32, or none", n)
	}
	return nil
}

func checkName(name string) error {
	if len(name) > MaxName {
		return fault.TooLarge.New("name of %d bytes: at most %d are kept", len(name), MaxName)
	}
	return nil
}

func checkRecord(r Record) error {
	if err := firstError(checkRecordID(r.ID), checkName(r.Name), checkIndex(r.Index), checkSealed(r.Sealed)); err != nil {
		return err
	}
	if r.Kind < KeyRecord || r.Kind > AccountRecord {
		return fault.Invalid.New("record of unknown kind %d", r.Kind)
	}
	if len(r.Chain) > MaxOrigin || len(r.Path) > MaxOrigin {
		return fault.TooLarge.New("chain or path of more than %d bytes", MaxOrigin)
	}
	if len(r.Public) > MaxPublic {
		return fault.TooLarge.New("public part of %d bytes: at most %d are kept", len(r.Public), MaxPublic)
	}
	return nil
}

// A zero id is an id that somebody forgot to draw.
func checkID(id WalletID) error {
	if id == (WalletID{}) {
		return fault.Invalid.New("wallet without an id")
	}
	return nil
}

func checkRecordID(id RecordID) error {
	if id == (RecordID{}) {
		return fault.Invalid.New("record without an id")
	}
	return nil
}

func checkSealed(sealed []byte) error {
	switch {
	case len(sealed) == 0:
		return fault.Invalid.New("nothing sealed to keep")
	case len(sealed) > MaxSealed:
		return fault.TooLarge.New("sealed part of %d bytes: at most %d are kept", len(sealed), MaxSealed)
	}
	return nil
}

func checkIndex(n uint64) error {
	if n > MaxIndex {
		return fault.Invalid.New("number %d: at most %d is kept", n, uint64(MaxIndex))
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
