package sqlite

import (
	"context"
	"database/sql"
	"runtime"

	"strongroom/internal/store"
)

// Bounds of one transaction. A single request may exceed maxChanges alone
// (adopting a wallet is one transaction); it then has the transaction for itself.
const (
	maxBatch   = 256
	maxChanges = 4096
)

// request is what a caller hands to the writer: changes, or a journal head.
type request struct {
	changes []store.Change
	head    *store.Head
	result  chan error // buffered: the writer never waits for a caller
}

// writer owns the connection that writes. Its goroutine is started by newWriter
// and ended by stop, which waits for it.
type writer struct {
	conn *sql.Conn
	do   statements
	path string
	head func() store.Head

	// requests is unbuffered: a request is either still its caller's, who may
	// withdraw it, or in a transaction whose outcome the caller waits for.
	requests chan request
	stopping chan struct{} // closed by stop
	stopped  chan struct{} // closed by the goroutine at its end

	// Owned by the goroutine:
	saved     meta // as last committed
	unsettled bool // a commit failed and what it left in the log is not yet cut off
}

func newWriter(ctx context.Context, conn *sql.Conn, path string, m meta, head func() store.Head) (*writer, error) {
	w := &writer{
		conn: conn, path: path, head: head, saved: m,
		requests: make(chan request),
		stopping: make(chan struct{}),
		stopped:  make(chan struct{}),
	}
	if err := w.do.prepare(ctx, conn); err != nil {
		return nil, unreadable(err, "its schema")
	}
	go w.run()
	return w, nil
}

// submit has a request carried out and gives its result. An error that is
// fault.Canceled means that it was not begun.
func (w *writer) submit(ctx context.Context, r request) error {
	if err := ctx.Err(); err != nil {
		return translate(err, "change the store")
	}
	r.result = make(chan error, 1)
	select {
	case <-w.stopping:
		return errClosed()
	default:
	}
	if r.head == nil && len(r.changes) == 0 {
		return nil
	}
	select {
	case w.requests <- r:
		return <-r.result
	case <-w.stopping:
		return errClosed()
	case <-ctx.Done():
		return translate(ctx.Err(), "change the store")
	}
}

// stop ends the goroutine after the transaction under way and waits for it. It is called once.
func (w *writer) stop() {
	close(w.stopping)
	<-w.stopped
}

// finalize frees the statements; the goroutine must have stopped.
func (w *writer) finalize() { w.do.close() }

func (w *writer) run() {
	defer close(w.stopped)
	for {
		select {
		case <-w.stopping:
			return
		case r := <-w.requests:
			w.serve(w.collect(r))
		}
	}
}

// collect takes whoever else waits. It never delays the first one for others
// that might come; it only lets those run who were answered a moment ago.
func (w *writer) collect(first request) []request {
	batch := []request{first}
	changes := len(first.changes)
	for yielded := false; len(batch) < maxBatch && changes < maxChanges; {
		select {
		case r := <-w.requests:
			batch = append(batch, r)
			changes += len(r.changes)
			yielded = false
		default:
			if yielded {
				return batch
			}
			runtime.Gosched()
			yielded = true
		}
	}
	return batch
}

// serve carries out a batch as one transaction and answers everyone in it.
func (w *writer) serve(batch []request) {
	// Not a caller's context: the transaction is everybody's.
	ctx := context.Background()
	results := make([]error, len(batch))
	if err := w.transact(ctx, batch, results); err != nil {
		for i := range results {
			if results[i] == nil {
				results[i] = err
			}
		}
	}
	for i, r := range batch {
		r.result <- results[i]
	}
}

// transact runs one transaction. results gets the errors of single requests;
// the error returned is that of all the others.
func (w *writer) transact(ctx context.Context, batch []request, results []error) error {
	if w.unsettled {
		if err := w.settle(ctx); err != nil {
			return err
		}
	}
	if err := w.do.begin.run(ctx); err != nil {
		return translate(err, "save the change")
	}
	good := 0
	for i, r := range batch {
		err := w.savepoint(ctx, r.changes)
		switch {
		case err == nil:
			good++
		case isOwn(err):
			results[i] = translate(err, "save the change")
		default:
			w.rollback(ctx)
			return translate(err, "save the change")
		}
	}
	if good == 0 {
		w.rollback(ctx)
		return nil
	}
	next := w.saved
	next.revision++
	next.head = w.newHead(batch)
	if err := w.do.saveMeta.run(ctx, next.revision, int64(next.head.Sequence), next.head.Hash[:]); err != nil {
		w.rollback(ctx)
		return translate(err, "save the change")
	}
	if err := w.do.commit.run(ctx); err != nil {
		return w.resolve(ctx, next, err)
	}
	w.saved = next
	return nil
}

// savepoint carries out one request's changes, or none of them.
func (w *writer) savepoint(ctx context.Context, changes []store.Change) error {
	if len(changes) == 0 {
		return nil
	}
	if err := w.do.savepoint.run(ctx); err != nil {
		return err
	}
	for _, c := range changes {
		err := w.do.change(ctx, c)
		if err == nil {
			continue
		}
		if !isOwn(err) {
			return err
		}
		if err := w.do.rollbackTo.run(ctx); err != nil {
			return err
		}
		if err := w.do.release.run(ctx); err != nil {
			return err
		}
		return err
	}
	return w.do.release.run(ctx)
}

// newHead is the journal's head as the transaction of this batch saves it.
func (w *writer) newHead(batch []request) store.Head {
	head := w.saved.head
	if w.head != nil {
		head = w.head()
	}
	for _, r := range batch {
		// Without a journal to ask, the caller's word holds even downwards.
		if r.head != nil && (w.head == nil || r.head.Sequence > head.Sequence) {
			head = *r.head
		}
	}
	return head
}

// rollback ends a transaction that was not committed. SQLite may have rolled
// it back by itself already, which is the one error ROLLBACK then reports.
func (w *writer) rollback(ctx context.Context) { w.do.rollback.run(ctx) }
