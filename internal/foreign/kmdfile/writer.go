package kmdfile

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"io"
	"math"
	"net/url"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const textDifferent = "the wallet file does not read back as it was written"

// writer fills one new file.
type writer struct {
	source  Source
	options WriteOptions
	path    string       // the file aside
	slot    secret.Bytes // the key that the password gives
	outer   envelope     // what the password seals: the master encryption key
	master  secret.Bytes
	keys    int // written so far
}

func (w *writer) wipe() {
	w.slot.Wipe()
	w.master.Wipe()
}

func (w *writer) write(ctx context.Context, password secret.Bytes) (err error) {
	absolute, err := filepath.Abs(w.path)
	if err != nil {
		return errWrite(err)
	}
	// The file is ours alone until it is placed, and worthless if we fail: no
	// journal on disk, and one sync at the end.
	dsn := url.URL{Scheme: "file", Path: absolute, RawQuery: "mode=rw&_defensive=1&_journal_mode=MEMORY&_synchronous=OFF&_error_rc=1"}
	connector, err := sqlite.NewConnector(dsn.String())
	if err != nil {
		return errWrite(err)
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(1)
	defer func() {
		if e := pool.Close(); e != nil && err == nil {
			err = errWrite(e)
		}
	}()
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return w.sqlError(ctx, err)
	}
	if err := w.fill(ctx, tx, password); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return w.sqlError(ctx, err)
	}
	return nil
}

func (w *writer) sqlError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fault.Canceled.Wrap(context.Cause(ctx), "writing the wallet file was canceled")
	}
	return errWrite(err)
}

func (w *writer) fill(ctx context.Context, tx *sql.Tx, password secret.Bytes) error {
	for _, t := range tables() {
		if _, err := tx.ExecContext(ctx, t.create()); err != nil {
			return w.sqlError(ctx, err)
		}
	}
	if err := w.metadata(ctx, tx, password); err != nil {
		return err
	}
	if err := w.privateKeys(ctx, tx); err != nil {
		return err
	}
	for i := range w.source.Multisigs {
		m := &w.source.Multisigs[i]
		_, err := tx.ExecContext(ctx, "INSERT INTO msig_addrs (address, version, threshold, pks) VALUES (?, ?, ?, ?)",
			m.Address[:], m.Version, m.Threshold, m.encodeKeys())
		if err != nil {
			return w.sqlError(ctx, err)
		}
	}
	return nil
}

// create is the statement that makes the table.
func (t table) create() string {
	var b strings.Builder
	b.WriteString("CREATE TABLE " + t.name + " (")
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n\t" + c.name + " " + c.kind)
		if c.primary {
			b.WriteString(" PRIMARY KEY")
		}
		if c.notNull {
			b.WriteString(" NOT NULL")
		}
		if c.name == t.unique {
			b.WriteString(" UNIQUE")
		}
	}
	b.WriteString("\n)")
	return b.String()
}

// metadata writes that row. Id and name go in as blobs: kmd compares them with
// blobs when it renames a wallet.
func (w *writer) metadata(ctx context.Context, tx *sql.Tx, password secret.Bytes) error {
	fresh := make([]byte, secretSize)
	if _, err := io.ReadFull(w.options.Rand, fresh); err != nil {
		return fault.Exhausted.Wrap(err, "no random bytes")
	}
	w.master = secret.New(fresh)

	w.outer = envelope{stretched: true, params: w.options.Params}
	if _, err := io.ReadFull(w.options.Rand, w.outer.salt[:]); err != nil {
		return fault.Exhausted.Wrap(err, "no random bytes")
	}
	var err error
	if w.slot, err = w.outer.params.stretch(ctx, password, w.outer.salt[:]); err != nil {
		return err
	}
	master, err := w.seal(&w.outer, w.slot, typeMaster, w.master.Expose())
	if err != nil {
		return err
	}
	seed, err := w.seal(&envelope{}, w.master, typeSeed, w.source.DerivationKey.Expose())
	if err != nil {
		return err
	}
	index, err := w.seal(&envelope{}, w.master, typeIndex, appendUint(nil, w.source.MaxIndex))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO metadata (driver_name, driver_version, wallet_id, wallet_name,
		mep_encrypted, mdk_encrypted, max_key_idx_encrypted) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		driverName, driverVersion, []byte(w.source.ID), w.source.Name, master, seed, index)
	if err != nil {
		return w.sqlError(ctx, err)
	}
	return nil
}

// seal seals one value under a random nonce and encodes it for its column.
func (w *writer) seal(e *envelope, key secret.Bytes, kind string, payload []byte) ([]byte, error) {
	var nonce [nonceSize]byte
	if _, err := io.ReadFull(w.options.Rand, nonce[:]); err != nil {
		return nil, fault.Exhausted.Wrap(err, "no random bytes")
	}
	secret.Do(func() { e.seal(key, kind, payload, nonce[:]) })
	return e.encode(), nil
}

func (w *writer) privateKeys(ctx context.Context, tx *sql.Tx) error {
	if w.source.EachKey == nil {
		return nil
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO keys (address, secret_key_encrypted, key_idx) VALUES (?, ?, ?)")
	if err != nil {
		return w.sqlError(ctx, err)
	}
	defer insert.Close()
	return w.source.EachKey(ctx, func(k Key) error {
		if w.keys == maxKeys {
			return fault.TooLarge.New("a wallet file holds at most %d keys", maxKeys)
		}
		sealed, err := w.sealKey(k)
		if err != nil {
			return err
		}
		number := sql.NullInt64{Int64: int64(k.Index), Valid: k.Index != 0}
		if _, err := insert.ExecContext(ctx, k.Public[:], sealed, number); err != nil {
			return w.sqlError(ctx, err)
		}
		w.keys++
		return nil
	})
}

func (w *writer) sealKey(k Key) ([]byte, error) {
	if k.Seed.Len() != ed25519.SeedSize || k.Index > math.MaxInt64 {
		return nil, fault.Invalid.New("a key to be written is malformed")
	}
	payload := make([]byte, 0, 2+ed25519.PrivateKeySize)
	defer func() { clear(payload[:cap(payload)]) }()
	same := false
	secret.Do(func() {
		private := ed25519.NewKeyFromSeed(k.Seed.Expose())
		defer clear(private)
		same = [32]byte(private[ed25519.SeedSize:]) == k.Public
		payload = appendBin(payload, private)
	})
	if !same {
		return nil, fault.Invalid.New("a key to be written does not belong to its address")
	}
	return w.seal(&envelope{}, w.master, typeKey, payload)
}

// verify reads the file as a stranger would, except for the password, and holds
// it against what should be in it: whatever is wrong must show now, while the
// source still exists.
func (w *writer) verify(ctx context.Context) (err error) {
	db, err := openDatabase(ctx, w.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	m, err := db.metadata(ctx)
	if err != nil {
		return err
	}
	e, err := decodeEnvelope(m.master)
	if err != nil {
		return err
	}
	master, err := e.open(w.slot, typeMaster)
	if err != nil {
		return fault.Storage.Wrap(err, textDifferent)
	}
	c := &Contents{path: w.path, master: master}
	defer c.Wipe()
	if err := c.readSecrets(ctx, db, m); err != nil {
		return err
	}
	keys, misnumbered := 0, 0
	err = c.EachKey(ctx, func(k Key) error {
		keys++
		if k.Misnumbered {
			misnumbered++
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case m.id != w.source.ID, string(m.name) != string(w.source.Name), e.salt != w.outer.salt, e.params != w.outer.params,
		!c.DerivationKey.Equal(w.source.DerivationKey), c.MaxIndex != w.source.MaxIndex,
		len(c.Multisigs) != len(w.source.Multisigs), keys != w.keys:
		return fault.Storage.New(textDifferent)
	case misnumbered > 0:
		return fault.Invalid.New("the numbers of %d keys do not belong to the derivation key", misnumbered)
	}
	return nil
}
