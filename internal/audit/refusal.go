package audit

import (
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"strongroom/internal/fault"
)

const (
	refusalWindow = time.Second
	maxRefusals   = 256 // distinct refusals in one window; further ones share one record
)

// refusals counts repeated refusals, so that a stranger without credentials can
// fill neither the disk nor the journal. A window opens with the first refusal
// and closes refusalWindow later for all that came in it.
type refusals struct {
	sync.Mutex
	table  map[refusalKey]*Record // Count: refusals that no record tells of yet
	other  *Record                // those that found the table full; nil if none did
	wake   chan struct{}          // 1 slot, never closed: a window was opened
	closed bool                   // the journal is closing: count nothing more
}

type refusalKey struct{ listener, host, operation, kind, wallet, key string }

// keyOf is what equal refusals have in common. What does not exist does not count:
// a caller can think of as many names for it as he likes.
func keyOf(r *Record) refusalKey {
	k := refusalKey{r.Listener, hostOf(r.Address), r.Operation, r.Error, r.Wallet, r.Key}
	switch r.Error {
	case fault.UnknownWallet.String():
		k.wallet, k.key = "", ""
	case fault.UnknownKey.String(), fault.UnknownAccount.String():
		k.key = ""
	}
	return k
}

// AppendRefusal adds the refusal of a caller who proved nothing. The first one of
// its listener, host, operation, error, wallet and key in a window of one second is
// written as by [Journal.Append]; the same again is only counted, and one record with
// the Count is written when the window closes or the journal is closed. That record
// has no digest and no effects: they may have differed.
func (j *Journal) AppendRefusal(ctx context.Context, r *Record) error {
	if err := r.check(); err != nil {
		return err
	}
	if j.countRefusal(r) {
		return nil
	}
	return j.append(ctx, r)
}

// countRefusal reports whether r is only counted.
func (j *Journal) countRefusal(r *Record) bool {
	q := &j.refusals
	key := keyOf(r)
	q.Lock()
	defer q.Unlock()
	if q.closed {
		return false
	}
	if seen := q.table[key]; seen != nil {
		seen.Count += max(1, r.Count)
		return true
	}
	if len(q.table) >= maxRefusals {
		if q.other == nil {
			q.other = &Record{Phase: r.Phase, Operation: r.Operation, Verdict: r.Verdict, Error: r.Error,
				UID: -1, Detail: "refusals of many callers; the fields are those of the first"}
		}
		q.other.Count += max(1, r.Count)
		return true
	}
	template := *r
	template.Count, template.Digest, template.Effects, template.Omitted = 0, "", nil, 0
	q.open(key, &template)
	return false
}

// open begins to count for key, and with the first key a window.
func (q *refusals) open(key refusalKey, r *Record) {
	q.table[key] = r
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// hostOf is the address without its port: a stranger has many ports.
func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// coalescer closes the windows.
func (j *Journal) coalescer() {
	for {
		select {
		case <-j.stop:
			return
		case <-j.refusals.wake:
		}
		wait := time.NewTimer(refusalWindow)
		select {
		case <-j.stop:
			wait.Stop()
			return // Close flushes
		case <-wait.C:
		}
		_ = j.flushRefusals(false) // what cannot be written stays counted
	}
}

// flushRefusals ends the window and writes one record for each refusal that was
// counted in it. A record that fails is put into the next window, unless this is
// the last one.
func (j *Journal) flushRefusals(last bool) error {
	q := &j.refusals
	q.Lock()
	due := slices.DeleteFunc(slices.Collect(maps.Values(q.table)), func(r *Record) bool { return r.Count == 0 })
	if q.other != nil {
		due = append(due, q.other)
	}
	clear(q.table)
	q.other, q.closed = nil, last
	q.Unlock()

	var failed error
	for _, r := range due {
		// Not bound to any request: the refusals have been answered.
		if err := j.append(context.Background(), r); err != nil {
			failed = errors.Join(failed, err)
			q.putBack(r)
		}
	}
	return failed
}

func (q *refusals) putBack(r *Record) {
	key := keyOf(r)
	q.Lock()
	defer q.Unlock()
	if seen := q.table[key]; seen != nil {
		seen.Count += r.Count
		return
	}
	q.open(key, r) // at most one more than maxRefusals, for the record of the others
}
