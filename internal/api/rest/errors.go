package rest

import (
	"net/http"

	"strongroom/internal/fault"
)

// statuses is the one table from kinds to HTTP. What is not in it is 500.
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusBadRequest,
	fault.InvalidAddress:  http.StatusBadRequest,
	fault.InvalidPayload:  http.StatusBadRequest,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Denied:          http.StatusForbidden,
	fault.WrongPassword:   http.StatusForbidden,
	fault.Locked:          http.StatusLocked,
	fault.UnknownWallet:   http.StatusNotFound,
	fault.AmbiguousWallet: http.StatusConflict,
	fault.WalletExists:    http.StatusConflict,
	fault.UnknownKey:      http.StatusNotFound,
	fault.KeyExists:       http.StatusConflict,
	fault.UnknownAccount:  http.StatusNotFound,
	fault.UnknownSession:  http.StatusLocked,
	fault.SessionExpired:  http.StatusLocked,
	fault.Conflict:        http.StatusConflict,
	fault.Busy:            http.StatusServiceUnavailable,
	fault.Exhausted:       http.StatusServiceUnavailable,
	fault.Unsupported:     http.StatusNotImplemented,
	fault.Storage:         http.StatusInsufficientStorage,
	fault.Canceled:        http.StatusServiceUnavailable,
}

func (d *Door) fail(w http.ResponseWriter, r *http.Request, err error) {
	kind := fault.KindOf(err)
	status, known := statuses[kind]
	if !known {
		status = http.StatusInternalServerError
	}
	if status >= 500 && kind != fault.Unsupported && kind != fault.Canceled { // which are the caller's doing
		d.cfg.Log.Error("request failed", "op", r.Method+" "+r.URL.Path, "err", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = encode(w, failed{Failure{Kind: kind.String(), Text: fault.Text(err), Hint: fault.Hint(err)}})
}
