package rest

import (
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"time"

	"strongroom/internal/approval"
	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
)

type (
	// Approvals is the answer to GET /v1/approvals, oldest first.
	Approvals struct {
		Approvals []Approval `json:"approvals"`
	}
	// Approval is an operation that waits for an approval. All texts are fit for a
	// screen: what is not legible, or spreads over lines, is quoted.
	Approval struct {
		ID        uint64    `json:"id"`
		Operation string    `json:"op"`
		Until     time.Time `json:"until"` // when it dies
		Asker     Asker     `json:"asker"`
		Wallet    string    `json:"wallet,omitempty"` // name
		Keys      []string  `json:"keys,omitempty"`   // addresses or public keys
		Detail    string    `json:"detail,omitempty"`

		// Of signatures, as tx decode shows them.
		Chain    string            `json:"chain,omitempty"`
		Form     string            `json:"form,omitempty"`
		Effects  []Effect          `json:"effects,omitempty"`
		Facts    []Fact            `json:"facts,omitempty"`
		Warnings []string          `json:"warnings,omitempty"`
		Units    map[string]Unit   `json:"units,omitempty"` // by asset
		Names    map[string]string `json:"names,omitempty"` // by address

		Accounts []string `json:"accounts,omitempty"` // that a list would reveal: 0x and hex
		Omitted  int      `json:"omitted,omitzero"`   // parts that were left out of the lists above because there are too many
	}
	// Asker is who waits.
	Asker struct {
		Listener string `json:"listener"`
		Protocol string `json:"protocol,omitempty"`
		Address  string `json:"address,omitempty"`
		UID      *int64 `json:"uid,omitempty"`
		Identity string `json:"identity,omitempty"` // what it proved
	}
	// Fact is what a transaction says besides its effects.
	Fact struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	// Unit is how people count an asset.
	Unit struct {
		Symbol   string `json:"symbol"`
		Decimals int    `json:"decimals"`
	}
)

// Bounds of one approval that is shown: parts of each list, and bytes of each text.
const (
	maxShown     = 1000
	maxShownText = 4096
)

// showApproval is a question in the words of this API.
func showApproval(q approval.Question) Approval {
	a := Approval{
		ID: q.ID, Operation: q.Operation, Until: q.Until.UTC().Round(time.Millisecond),
		Asker: Asker{
			Listener: q.Asker.Listener, Protocol: q.Asker.Protocol, Address: readable(q.Asker.Address), Identity: readable(q.Asker.Identity),
		},
		Wallet: readable(q.Wallet), Detail: readable(q.Detail),
	}
	if q.Asker.UID >= 0 {
		a.Asker.UID = &q.Asker.UID
	}
	a.Keys = showAll(&a, q.Keys, readable)
	a.Accounts = showAll(&a, q.Accounts, func(k approval.Account) string { return "0x" + hex.EncodeToString(k.Address[:]) })
	if in := q.Intent; in != nil {
		a.Chain, a.Form = readable(in.Chain), readable(in.Form)
		a.Effects = showAll(&a, in.Effects, showEffect)
		a.Facts = showAll(&a, in.Facts, func(f chain.Fact) Fact { return Fact{readable(f.Name), readable(f.Value)} })
		a.Warnings = showAll(&a, in.Warnings, readable)
		a.Units = showMap(&a, in.Units, func(u chain.Unit) Unit { return Unit{readable(u.Symbol), u.Decimals} })
		a.Names = showMap(&a, in.Names, readable)
	}
	return a
}

// showAll shows as much of a list as may be shown and counts the rest.
func showAll[T, S any](a *Approval, list []T, show func(T) S) []S {
	a.Omitted += max(0, len(list)-maxShown)
	var shown []S
	for _, item := range list[:min(len(list), maxShown)] {
		shown = append(shown, show(item))
	}
	return shown
}

func showMap[T, S any](a *Approval, all map[string]T, show func(T) S) map[string]S {
	if len(all) == 0 {
		return nil
	}
	shown := make(map[string]S, min(len(all), maxShown))
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if len(shown) == maxShown {
			a.Omitted += len(all) - maxShown
			break
		}
		shown[readable(key)] = show(all[key])
	}
	return shown
}

func showEffect(e chain.Effect) Effect {
	kind := e.Kind.String()
	for _, text := range []*string{&e.Asset, &e.Amount, &e.From, &e.To, &e.Subject, &e.Detail, &e.Until} {
		*text = readable(*text)
	}
	return Effect{Kind: kind, Effect: e}
}

// readable is a text as it may be shown: one line of what can be seen, else quoted in
// ASCII.
func readable(s string) string {
	const cut = "… (cut)"
	end := ""
	if len(s) > maxShownText {
		s, end = s[:maxShownText], cut
	}
	if end != "" || !legible.Line(s) {
		s = strconv.QuoteToASCII(s)
	}
	return s + end
}
