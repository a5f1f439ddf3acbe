// Package store is the durable state of strongroom behind one interface.
//
// A store keeps plain data only: names, public keys and ciphertext. It holds no
// secret in the clear and knows no cryptography. One process owns a store at a
// time. Engines live in folders of their own (store/sqlite) and all pass the
// suite in store/storetest.
//
// # Atomic and durable
//
// [Store.Apply] is all or nothing and returns nil only when the change would
// survive a power cut. Concurrent calls may share one sync of the disk. Each
// transaction also saves the head of the audit journal, so that a journal that
// was cut back can be told from one that was not.
package store

import (
	"context"
	"iter"
	"time"
)

// WalletID names a wallet for ever: 16 random bytes, shown as 32 lower-case hex digits.
type WalletID [16]byte

// RecordID names a record within a store: 16 random bytes.
type RecordID [16]byte

// Wallet is what is known of a wallet without opening it.
type Wallet struct {
	ID          WalletID
	Name        string    // unique in the store, by exact bytes
	CreatedName string    // the name at creation; never changes (kmd lists wallets in this order)
	Created     time.Time // whole seconds, UTC
	Format      uint32    // version of the sealing format of its slots and records
	NextIndex   uint64    // highest index drawn from the wallet's seed; 0 = none yet
	Source      string    // for adopted wallets: the base name of the foreign file
	SourceHash  []byte    // SHA-256 of the foreign file as it was adopted (journal included)
}

// Slot is one way to a wallet's data key.
type Slot struct {
	Number uint32 // unique in the wallet
	Sealed []byte // see package seal
}

// RecordKind says what a record's ciphertext holds. Numbers are stored and never change.
type RecordKind uint8

const (
	KeyRecord     RecordKind = 1 // a private key; Public is its public key's encoding
	SeedRecord    RecordKind = 2 // a master derivation key or other seed; Public is empty
	AccountRecord RecordKind = 3 // a multi-signature account; Public is its address bytes
)

// Record is one sealed item of a wallet. (Wallet, Kind, Algorithm, Usage, Public) is unique.
type Record struct {
	ID        RecordID
	Kind      RecordKind
	Algorithm uint8  // curve.Algorithm; 0 for other kinds
	Usage     uint8  // tells apart uses of one key pair where a protocol does; 0 otherwise
	Public    []byte // see RecordKind
	Name      string // what the owner calls a key, "" for nothing; not unique here
	Index     uint64 // derivation index; 0 for imported keys and other kinds
	Chain     string // the chain that a key was made for, "" for none
	Path      string // the derivation path that a key was drawn by, "" for none
	Sealed    []byte // ciphertext, bound to store, wallet, ID, kind, algorithm, usage and public part
}

// Head is the end of the audit journal: the sequence number and hash of its last record.
type Head struct {
	Sequence uint64
	Hash     [32]byte
}

// Change is one step of a transaction. The set of changes is closed.
type Change interface{ isChange() }

// The changes. Those that say "must" fail the whole transaction if it does not hold.
type (
	// InsertWallet adds a wallet; its ID and Name must be free (fault.WalletExists).
	InsertWallet struct{ Wallet Wallet }
	// UpdateWallet replaces the wallet of that ID, which must exist (fault.UnknownWallet); its new Name must be free
	// (fault.WalletExists). CreatedName and Created stay what they were; NextIndex never goes down.
	UpdateWallet struct{ Wallet Wallet }
	// DeleteWallet removes the wallet with its slots and records; it must exist (fault.UnknownWallet).
	DeleteWallet struct{ ID WalletID }
	// PutSlot adds or replaces the slot of that number; the wallet must exist (fault.UnknownWallet).
	PutSlot struct {
		Wallet WalletID
		Slot   Slot
	}
	// DeleteSlot removes a slot; it must exist (fault.Conflict).
	DeleteSlot struct {
		Wallet WalletID
		Number uint32
	}
	// InsertRecord adds a record; its wallet must exist (fault.UnknownWallet), its key and ID must be free (fault.KeyExists).
	InsertRecord struct {
		Wallet WalletID
		Record Record
	}
	// DeleteRecord removes a record; it must exist (fault.UnknownKey).
	DeleteRecord struct {
		Wallet WalletID
		ID     RecordID
	}
	// NameRecord gives a record another name; it must exist (fault.UnknownKey).
	NameRecord struct {
		Wallet WalletID
		ID     RecordID
		Name   string
	}
	// SetIndex raises NextIndex of a wallet, which must exist (fault.UnknownWallet); a lower number changes nothing.
	SetIndex struct {
		Wallet WalletID
		Next   uint64
	}
)

func (InsertWallet) isChange() {}
func (UpdateWallet) isChange() {}
func (DeleteWallet) isChange() {}
func (PutSlot) isChange()      {}
func (DeleteSlot) isChange()   {}
func (InsertRecord) isChange() {}
func (DeleteRecord) isChange() {}
func (NameRecord) isChange()   {}
func (SetIndex) isChange()     {}

// Store is the durable state. All methods may be called concurrently.
type Store interface {
	// ID is the store's own random identity, which sealed data is bound to.
	ID() [16]byte
	// Wallets lists all wallets, ordered by ID.
	Wallets(ctx context.Context) ([]Wallet, error)
	// Slots lists the slots of a wallet by number; an unknown wallet has none.
	Slots(ctx context.Context, id WalletID) ([]Slot, error)
	// Records streams the records of a wallet in no particular order, as they
	// were at one moment; an unknown wallet has none. An error ends the stream.
	// The slices of a yielded record belong to the receiver. The receiver may
	// call Apply while it reads, but must not wait for other streams to start.
	Records(ctx context.Context, id WalletID) iter.Seq2[Record, error]
	// Apply carries out all changes, in order, as one durable transaction, or none.
	// Every change passes [Check] first. Once the transaction has begun, ctx no
	// longer ends it: an error that is fault.Canceled means nothing was changed.
	Apply(ctx context.Context, changes ...Change) error
	// Head is the journal head saved by the last transaction or SaveHead.
	Head(ctx context.Context) (Head, error)
	// SaveHead saves the journal's head by itself. Where the engine was given the
	// journal to ask, whichever of the two has the higher sequence is saved.
	SaveHead(ctx context.Context, head Head) error
	// Close ends all use; a transaction under way is finished first. It may be
	// called again. Later calls of other methods fail with fault.Canceled.
	Close() error
}
