package kmdfile

import (
	"context"
	"errors"
	"fmt"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Summary is what a wallet file says without a password. None of it is
// authenticated.
type Summary struct {
	ID   string // 32 lower-case hex digits
	Name []byte // any bytes, at most 64 KiB
}

// Contents is an opened wallet file. Wipe it when done; it reads from its
// snapshot, which must stay open as long.
type Contents struct {
	Summary
	DerivationKey secret.Bytes // the master derivation key, 32 bytes
	MaxIndex      uint64       // highest index drawn from it, 0 for none
	Multisigs     []Multisig
	Params        Params
	// Folded says that the password opened the wallet only after each character
	// beyond U+FFFF had been replaced by U+FFFD: the wallet was made by a client
	// that escapes such characters in JSON, which kmd reads that way. Any other
	// such characters in the same places open it too, so re-sealing is advised.
	Folded bool
	// Warnings are texts for the owner, safe to show.
	Warnings []string

	master secret.Bytes // E, which seals the keys
	path   string       // of the settled copy
}

// Peek tells which wallet a snapshot holds.
func Peek(ctx context.Context, s *Snapshot) (Summary, error) {
	db, err := openDatabase(ctx, s.path())
	if err != nil {
		return Summary{}, err
	}
	m, err := db.metadata(ctx)
	if err := errors.Join(err, db.close()); err != nil {
		return Summary{}, err
	}
	return Summary{ID: m.id, Name: m.name}, nil
}

// Open opens a wallet with its password, which may be blank. A password that does
// not fit is fault.WrongPassword and has cost one scrypt derivation, or two if it
// has characters beyond U+FFFF (see [Contents.Folded]).
//
// Passwords are compared as exact bytes with one exception that lies in scrypt
// itself: NUL bytes at the end of a password of at most 64 bytes make no difference.
func Open(ctx context.Context, s *Snapshot, password secret.Bytes) (*Contents, error) {
	db, err := openDatabase(ctx, s.path())
	if err != nil {
		return nil, err
	}
	c := &Contents{path: s.path()}
	if err := errors.Join(c.load(ctx, db, password), db.close()); err != nil {
		c.Wipe()
		return nil, err
	}
	return c, nil
}

func (c *Contents) load(ctx context.Context, db *database, password secret.Bytes) error {
	m, err := db.metadata(ctx)
	if err != nil {
		return err
	}
	c.ID, c.Name = m.id, m.name
	e, err := decodeEnvelope(m.master)
	if err != nil {
		return err
	}
	if !e.stretched {
		return fault.Unsupported.New("the wallet's master key is not sealed by a password")
	}
	c.Params = e.params
	if err := c.unlock(ctx, &e, password); err != nil {
		return err
	}
	if c.Params.weak() {
		c.Warnings = append(c.Warnings, fmt.Sprintf("the wallet file is sealed with weak scrypt parameters (N %d, r %d, p %d)",
			c.Params.N, c.Params.R, c.Params.P))
	}
	if c.Folded {
		c.Warnings = append(c.Warnings, "the wallet file does not tell the password's characters beyond u+ffff from each other")
	}
	return c.readSecrets(ctx, db, m)
}

// readSecrets reads everything that the master encryption key opens, except the
// private keys, and the multisigs.
func (c *Contents) readSecrets(ctx context.Context, db *database, m metadata) (err error) {
	if c.DerivationKey, err = openInner(c.master, m.seed, typeSeed); err != nil {
		return err
	}
	if c.DerivationKey.Len() != secretSize {
		return errDamaged()
	}
	index, err := openInner(c.master, m.index, typeIndex)
	if err != nil {
		return err
	}
	defer index.Wipe()
	d := decoder{rest: index.Expose()}
	c.MaxIndex = d.uint()
	if d.finish() != nil {
		return errDamaged()
	}
	c.Multisigs, err = db.multisigs(ctx)
	return err
}

// unlock opens the master encryption key with the password, or with its folded form.
func (c *Contents) unlock(ctx context.Context, e *envelope, password secret.Bytes) (err error) {
	c.master, err = unlockOnce(ctx, e, password)
	if !errors.Is(err, errSealed) {
		return err
	}
	if folded, ok := fold(password); ok {
		defer folded.Wipe()
		c.master, err = unlockOnce(ctx, e, folded)
		if !errors.Is(err, errSealed) {
			c.Folded = err == nil
			return err
		}
	}
	return fault.WrongPassword.New(textWrongPassword)
}

func unlockOnce(ctx context.Context, e *envelope, password secret.Bytes) (secret.Bytes, error) {
	key, err := e.params.stretch(ctx, password, e.salt[:])
	if err != nil {
		return secret.Bytes{}, err
	}
	defer key.Wipe()
	master, err := e.open(key, typeMaster)
	if err == nil && master.Len() != secretSize {
		master.Wipe()
		return secret.Bytes{}, errDamaged()
	}
	return master, err
}

// Wipe erases all secrets. It is idempotent.
func (c *Contents) Wipe() {
	c.DerivationKey.Wipe()
	c.master.Wipe()
}
