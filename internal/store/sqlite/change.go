package sqlite

import (
	"context"
	"database/sql"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// statement is one prepared statement.
type statement struct{ *sql.Stmt }

func (s statement) run(ctx context.Context, args ...any) error {
	_, err := s.ExecContext(ctx, args...)
	return err
}

// hit runs the statement and reports whether it changed any row.
func (s statement) hit(ctx context.Context, args ...any) (bool, error) {
	result, err := s.ExecContext(ctx, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// statements are all that the writer ever runs, prepared on its connection.
type statements struct {
	begin, commit, rollback        statement
	savepoint, rollbackTo, release statement
	saveMeta                       statement

	insertWallet, updateWallet, deleteWallet statement
	putSlot, deleteSlot                      statement
	insertRecord, deleteRecord, nameRecord   statement
	setIndex                                 statement
}

func (s *statements) prepare(ctx context.Context, conn *sql.Conn) error {
	for _, p := range []struct {
		dest *statement
		text string
	}{
		{&s.begin, "BEGIN IMMEDIATE"},
		{&s.commit, "COMMIT"},
		{&s.rollback, "ROLLBACK"},
		{&s.savepoint, "SAVEPOINT request"},
		{&s.rollbackTo, "ROLLBACK TO request"},
		{&s.release, "RELEASE request"},
		{&s.saveMeta, "UPDATE meta SET revision = ?, head_sequence = ?, head_hash = ?"},
		{&s.insertWallet, `INSERT INTO wallets (id, name, created_name, created, format, next_index, source, source_hash)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.updateWallet, `UPDATE wallets SET name = ?, format = ?, next_index = max(next_index, ?), source = ?, source_hash = ?
			WHERE id = ?`},
		{&s.deleteWallet, "DELETE FROM wallets WHERE id = ?"},
		{&s.putSlot, `INSERT INTO slots (wallet, number, sealed) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET sealed = excluded.sealed`},
		{&s.deleteSlot, "DELETE FROM slots WHERE wallet = ? AND number = ?"},
		{&s.insertRecord, `INSERT INTO records (wallet, kind, algorithm, usage, public, id, name, key_index, chain, path, sealed)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.deleteRecord, "DELETE FROM records WHERE id = ? AND wallet = ?"},
		{&s.nameRecord, "UPDATE records SET name = ? WHERE id = ? AND wallet = ?"},
		{&s.setIndex, "UPDATE wallets SET next_index = max(next_index, ?) WHERE id = ?"},
	} {
		stmt, err := conn.PrepareContext(ctx, p.text)
		if err != nil {
			s.close()
			return err
		}
		p.dest.Stmt = stmt
	}
	return nil
}

func (s *statements) close() {
	for _, st := range []statement{
		s.begin, s.commit, s.rollback, s.savepoint, s.rollbackTo, s.release, s.saveMeta,
		s.insertWallet, s.updateWallet, s.deleteWallet,
		s.putSlot, s.deleteSlot, s.insertRecord, s.deleteRecord, s.nameRecord, s.setIndex,
	} {
		if st.Stmt != nil {
			st.Close()
		}
	}
}

// change carries out one change that passed store.Check.
func (s *statements) change(ctx context.Context, change store.Change) error {
	switch c := change.(type) {
	case store.InsertWallet:
		w := c.Wallet
		err := s.insertWallet.run(ctx, w.ID[:], []byte(w.Name), []byte(w.CreatedName), w.Created.Unix(),
			int64(w.Format), int64(w.NextIndex), []byte(w.Source), blob(w.SourceHash))
		return walletError(err)
	case store.UpdateWallet:
		w := c.Wallet
		hit, err := s.updateWallet.hit(ctx, []byte(w.Name), int64(w.Format), int64(w.NextIndex),
			[]byte(w.Source), blob(w.SourceHash), w.ID[:])
		return found(hit, walletError(err), unknownWallet)
	case store.DeleteWallet:
		hit, err := s.deleteWallet.hit(ctx, c.ID[:])
		return found(hit, err, unknownWallet)
	case store.PutSlot:
		return orphanError(s.putSlot.run(ctx, c.Wallet[:], int64(c.Slot.Number), c.Slot.Sealed))
	case store.DeleteSlot:
		hit, err := s.deleteSlot.hit(ctx, c.Wallet[:], int64(c.Number))
		return found(hit, err, func() error { return fault.Conflict.New("the wallet has no keyslot %d", c.Number) })
	case store.InsertRecord:
		return s.addRecord(ctx, c.Wallet, c.Record)
	case store.DeleteRecord:
		hit, err := s.deleteRecord.hit(ctx, c.ID[:], c.Wallet[:])
		return found(hit, err, func() error { return fault.UnknownKey.New("no such key in the wallet") })
	case store.NameRecord:
		hit, err := s.nameRecord.hit(ctx, []byte(c.Name), c.ID[:], c.Wallet[:])
		return found(hit, err, func() error { return fault.UnknownKey.New("no such key in the wallet") })
	case store.SetIndex:
		hit, err := s.setIndex.hit(ctx, int64(c.Next), c.Wallet[:])
		return found(hit, err, unknownWallet)
	}
	return fault.Invalid.New("change of unknown type %T", change)
}

func (s *statements) addRecord(ctx context.Context, wallet store.WalletID, r store.Record) error {
	err := s.insertRecord.run(ctx, wallet[:], int64(r.Kind), int64(r.Algorithm), int64(r.Usage), blob(r.Public), r.ID[:],
		[]byte(r.Name), int64(r.Index), []byte(r.Chain), []byte(r.Path), r.Sealed)
	if isTaken(err) {
		return fault.KeyExists.Wrap(err, "the key is already in the wallet")
	}
	return orphanError(err)
}

func walletError(err error) error {
	if isTaken(err) {
		return fault.WalletExists.Wrap(err, "a wallet of that name or id exists already")
	}
	return err
}

func orphanError(err error) error {
	if isOrphan(err) {
		return fault.UnknownWallet.Wrap(err, "wallet not found")
	}
	return err
}

func unknownWallet() error { return fault.UnknownWallet.New("wallet not found") }

// found turns a statement that hit no row into the error of what was missing.
func found(hit bool, err error, missing func() error) error {
	if err == nil && !hit {
		return missing()
	}
	return err
}

// blob is b as SQLite should bind it: a nil slice would be NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
