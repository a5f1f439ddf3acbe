package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"strongroom/internal/fault"
)

// Sizes in a write-ahead log (https://www.sqlite.org/fileformat2.html#walformat).
const (
	walHeader      = 32
	walFrameHeader = 24
)

// resolve finds out what became of a transaction whose COMMIT failed. It gives
// nil if it took place after all, else the error for everyone in it.
func (w *writer) resolve(ctx context.Context, next meta, cause error) error {
	w.rollback(ctx)
	w.unsettled = true
	if err := w.settle(ctx); err != nil {
		return fault.Storage.Wrap(errors.Join(cause, err), "save the change: the disk failed and it is not known whether the change was saved").
			WithHint("check the free space and the health of the disk that holds the data directory, then look whether the change is there")
	}
	if w.saved.revision == next.revision {
		return nil
	}
	return translate(cause, "save the change")
}

// settle makes the log say what SQLite believes, and reads what that is.
//
// SQLite appends a transaction to the log, syncs the log, and then enters the
// transaction into the index in shared memory, which is what readers and the
// writer go by. If the sync or the entry fails (the index is a file as well,
// and may have to grow) COMMIT reports an error and the transaction is rolled
// back in the index. In the log it may be complete, and whoever opens the file
// after a crash would replay it. So everything behind the last frame that the
// index knows is cut off: this needs no space on the disk.
//
// Only the writer's goroutine may call it, outside a transaction: nobody else
// appends to the log, and nobody reads behind the last known frame.
func (w *writer) settle(ctx context.Context) error {
	var busy, frames, moved int64
	// NOOP moves nothing; it only reports the length of the log.
	err := w.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &frames, &moved)
	if err != nil {
		return translate(err, "recover the store")
	}
	if frames < 0 {
		return fault.Storage.New("recover the store: it has no write-ahead log")
	}
	if err := cut(w.path+"-wal", walHeader+frames*(walFrameHeader+pageSize)); err != nil {
		return err
	}
	m, err := readMeta(ctx, w.conn)
	if err != nil {
		return err
	}
	w.saved = m
	w.unsettled = false
	return nil
}

// cut shortens a file to at most size and syncs it.
func cut(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return storageError(err, "recover the store")
	}
	info, err := f.Stat()
	if err == nil && info.Size() > size {
		err = f.Truncate(size)
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return storageError(err, "recover the store")
	}
	return nil
}
