package rest

import (
	"encoding/hex"
	"time"

	"strongroom/internal/audit"
	"strongroom/internal/store"
)

// Record is a journal record as clients read it. The fields are those of the
// journal's own lines, see package audit.
type Record struct {
	Sequence  uint64    `json:"seq"`
	Time      time.Time `json:"time"`
	Phase     string    `json:"phase"`
	Operation string    `json:"op"`
	Verdict   string    `json:"verdict,omitempty"`
	Rule      string    `json:"rule,omitempty"`
	Error     string    `json:"error,omitempty"`
	Listener  string    `json:"listener,omitempty"`
	Protocol  string    `json:"protocol,omitempty"`
	Address   string    `json:"address,omitempty"`
	UID       *int64    `json:"uid,omitempty"`
	Identity  string    `json:"identity,omitempty"`
	Wallet    string    `json:"wallet,omitempty"`
	Key       string    `json:"key,omitempty"`
	Chain     string    `json:"chain,omitempty"`
	Form      string    `json:"form,omitempty"`
	Digest    string    `json:"digest,omitempty"`
	Detail    string    `json:"detail,omitempty"`
	Ref       uint64    `json:"ref,omitzero"`
	Count     uint64    `json:"count,omitzero"`
	Journal   string    `json:"journal,omitempty"`
	Store     string    `json:"store,omitempty"`
	Gap       *Gap      `json:"gap,omitempty"`
	Effects   []Effect  `json:"effects,omitempty"`
	Omitted   uint64    `json:"omitted,omitzero"`
}

type (
	// Head is the end of a journal: number and hash (hex) of its last record.
	Head struct {
		Sequence uint64 `json:"seq"`
		Hash     string `json:"hash"`
	}
	// Gap is what a record states of records that are missing before it.
	Gap struct {
		Expected Head `json:"expected"` // where the journal should have ended
		Actual   Head `json:"actual"`   // where it did
	}
	// StatedGap is a gap with the record that states it.
	StatedGap struct {
		Sequence uint64    `json:"seq"`
		Time     time.Time `json:"time"`
		Gap
	}
	// Verification is the answer to POST /v1/audit/verify: the journal is whole.
	Verification struct {
		Journal  string      `json:"journal"` // ids, 32 hex digits
		Store    string      `json:"store"`
		Segments int         `json:"segments"`
		Records  uint64      `json:"records"`
		Bytes    int64       `json:"bytes"`
		First    time.Time   `json:"first,omitzero"`
		Last     time.Time   `json:"last,omitzero"`
		Head     Head        `json:"head"`
		Gaps     []StatedGap `json:"gaps,omitempty"`
		Torn     int64       `json:"torn,omitzero"` // bytes of a last line that was never finished
	}
)

// ShowReport is a report in the words of this API.
func ShowReport(r audit.Report) Verification {
	v := Verification{
		Journal: r.Journal, Store: r.Store, Segments: r.Segments, Records: r.Records, Bytes: r.Bytes,
		First: r.First, Last: r.Last, Head: showHead(r.Head), Torn: r.Torn,
	}
	for _, g := range r.Gaps {
		v.Gaps = append(v.Gaps, StatedGap{
			Sequence: g.Sequence, Time: g.Time, Gap: Gap{Expected: showHead(g.Expected), Actual: showHead(g.Actual)},
		})
	}
	return v
}

func showHead(h store.Head) Head {
	return Head{Sequence: h.Sequence, Hash: hex.EncodeToString(h.Hash[:])}
}
