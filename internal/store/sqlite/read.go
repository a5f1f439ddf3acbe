package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"iter"
	"math"
	"slices"
	"time"

	"strongroom/internal/store"
)

// Reads go through the pool. They check what they read, although the tables'
// constraints did so on writing: a file may have been changed by other means.
// Rows come in the order of their primary key and must be strictly increasing,
// which also ends a walk through a damaged tree that leads back into itself.

// Wallets implements store.Store.
func (s *Store) Wallets(ctx context.Context) ([]store.Wallet, error) {
	var list []store.Wallet
	err := s.each(ctx, "a wallet", func(row *sql.Rows) error {
		w, err := scanWallet(row)
		if err != nil {
			return err
		}
		if n := len(list); n > 0 && bytes.Compare(list[n-1].ID[:], w.ID[:]) >= 0 {
			return errCorrupt("wallets are out of order")
		}
		list = append(list, w)
		return nil
	}, "SELECT id, name, created_name, created, format, next_index, source, source_hash FROM wallets ORDER BY id")
	if err != nil {
		return nil, err
	}
	return list, nil
}

func scanWallet(row *sql.Rows) (store.Wallet, error) {
	var (
		w                             store.Wallet
		id, name, createdName, source []byte
		created, format, next         int64
	)
	if err := row.Scan(&id, &name, &createdName, &created, &format, &next, &source, &w.SourceHash); err != nil {
		return w, err
	}
	if len(id) != len(w.ID) || format < 0 || format > math.MaxUint32 || next < 0 ||
		max(len(name), len(createdName), len(source)) > store.MaxName {
		return w, errCorrupt("a wallet has impossible values")
	}
	if n := len(w.SourceHash); n != 0 && n != 32 {
		return w, errCorrupt("a wallet has impossible values")
	}
	copy(w.ID[:], id)
	w.Name, w.CreatedName, w.Source = string(name), string(createdName), string(source)
	w.Created = time.Unix(created, 0).UTC()
	w.Format, w.NextIndex = uint32(format), uint64(next)
	return w, nil
}

// Slots implements store.Store.
func (s *Store) Slots(ctx context.Context, id store.WalletID) ([]store.Slot, error) {
	var list []store.Slot
	err := s.each(ctx, "a keyslot", func(row *sql.Rows) error {
		var (
			number int64
			slot   store.Slot
		)
		if err := row.Scan(&number, &slot.Sealed); err != nil {
			return err
		}
		if number < 0 || number > math.MaxUint32 || len(slot.Sealed) > store.MaxSealed {
			return errCorrupt("a keyslot has impossible values")
		}
		slot.Number = uint32(number)
		if n := len(list); n > 0 && list[n-1].Number >= slot.Number {
			return errCorrupt("keyslots are out of order")
		}
		list = append(list, slot)
		return nil
	}, "SELECT number, sealed FROM slots WHERE wallet = ? ORDER BY number", id[:])
	if err != nil {
		return nil, err
	}
	return list, nil
}

// errStop ends each without an error of its own.
var errStop = errors.New("stop")

// Records implements store.Store.
func (s *Store) Records(ctx context.Context, id store.WalletID) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		var last store.Record
		err := s.each(ctx, "a record", func(row *sql.Rows) error {
			r, err := scanRecord(row)
			if err != nil {
				return err
			}
			if compareKeys(last, r) >= 0 {
				return errCorrupt("records are out of order")
			}
			// The receiver owns r's slices and may change them.
			last.Kind, last.Algorithm, last.Usage, last.Public = r.Kind, r.Algorithm, r.Usage, append(last.Public[:0], r.Public...)
			if !yield(r, nil) {
				return errStop
			}
			return nil
		}, `SELECT kind, algorithm, usage, public, id, name, key_index, chain, path, sealed FROM records WHERE wallet = ?
			ORDER BY kind, algorithm, usage, public`, id[:])
		if err != nil && !errors.Is(err, errStop) {
			yield(store.Record{}, err)
		}
	}
}

func scanRecord(row *sql.Rows) (store.Record, error) {
	var (
		r                             store.Record
		public, id, name, sealed      sql.RawBytes // copied below
		chain, path                   sql.RawBytes
		kind, algorithm, usage, index int64
	)
	if err := row.Scan(&kind, &algorithm, &usage, &public, &id, &name, &index, &chain, &path, &sealed); err != nil {
		return r, err
	}
	if kind < int64(store.KeyRecord) || kind > int64(store.AccountRecord) || algorithm < 0 || algorithm > math.MaxUint8 ||
		usage < 0 || usage > math.MaxUint8 || len(name) > store.MaxName || index < 0 || len(chain) > store.MaxOrigin || len(path) > store.MaxOrigin || len(id) != len(r.ID) || len(public) > store.MaxPublic || len(sealed) > store.MaxSealed {
		return r, errCorrupt("a record has impossible values")
	}
	r.Kind, r.Algorithm, r.Usage, r.Name, r.Index = store.RecordKind(kind), uint8(algorithm), uint8(usage), string(name), uint64(index)
	r.Chain, r.Path = string(chain), string(path)
	copy(r.ID[:], id)
	both := slices.Concat([]byte(public), []byte(sealed))
	n := len(public)
	r.Public, r.Sealed = both[:n:n], both[n:]
	return r, nil
}

func compareKeys(a, b store.Record) int {
	switch {
	case a.Kind != b.Kind:
		return int(a.Kind) - int(b.Kind)
	case a.Algorithm != b.Algorithm:
		return int(a.Algorithm) - int(b.Algorithm)
	case a.Usage != b.Usage:
		return int(a.Usage) - int(b.Usage)
	}
	return bytes.Compare(a.Public, b.Public)
}

// Head implements store.Store.
func (s *Store) Head(ctx context.Context) (store.Head, error) {
	if s.closed() {
		return store.Head{}, errClosed()
	}
	m, err := readMeta(ctx, s.readers)
	if err != nil && s.closed() {
		err = errClosed()
	}
	return m.head, err
}

// Check reads the whole file and verifies its structure, its constraints and
// its references. It takes about a second for 100,000 records.
func (s *Store) Check(ctx context.Context) error {
	err := s.each(ctx, "the structure", func(row *sql.Rows) error {
		var finding string
		if err := row.Scan(&finding); err != nil {
			return err
		}
		if finding != "ok" {
			return errCorrupt("%s", finding)
		}
		return nil
	}, "PRAGMA integrity_check(1)")
	if err != nil {
		return err
	}
	if err := checkReferences(ctx, s.readers); err != nil {
		return unreadable(err, "a reference")
	}
	return nil
}

// each runs a query on the pool and calls f with each row; f may end it with an error.
func (s *Store) each(ctx context.Context, what string, f func(*sql.Rows) error, query string, args ...any) error {
	if s.closed() {
		return errClosed()
	}
	rows, err := s.readers.QueryContext(ctx, query, args...)
	if err != nil {
		if s.closed() { // since we looked
			return errClosed()
		}
		return unreadable(err, what)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			if errors.Is(err, errStop) {
				return err
			}
			return unreadable(err, what)
		}
	}
	if err := rows.Err(); err != nil {
		return unreadable(err, what)
	}
	return nil
}

func (s *Store) closed() bool {
	select {
	case <-s.writer.stopping:
		return true
	default:
		return false
	}
}
