package clef

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"strongroom/internal/api/clef/pairing"
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// listCallers is clef list-callers. An entry that nobody can read is listed with its key,
// by which it can be removed.
func (p *personality) listCallers(ctx context.Context, s settings, _ []string) error {
	if err := p.begin(s); err != nil {
		return err
	}
	var entries map[string]string
	err := p.withMaster(ctx, s, func(a Admin, master secret.Bytes) (err error) {
		entries, err = a.Callers(ctx, master)
		return err
	})
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		fmt.Fprintln(p.env.Stdout, "\nNo callers are paired.")
	}
	fmt.Fprintln(p.env.Stdout)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		c, err := pairing.ParseEntry(name, entries[name])
		if err != nil {
			fmt.Fprintf(p.env.Stdout, "%.80q cannot be read\n", name)
			continue
		}
		fmt.Fprintf(p.env.Stdout, "0x%s  %s  %s\n", hex.EncodeToString(c.Key[:]), c.Paired.Format(time.RFC3339), c.Name)
	}
	return nil
}

// removeCaller is clef remove-caller: it takes a caller away by its name, in any case of
// the letters, or by its key.
func (p *personality) removeCaller(ctx context.Context, s settings, words []string) error {
	if len(words) != 1 {
		return fatal{fault.Invalid.New("This command requires the name or the key of a caller as its only argument").
			WithHint("they are listed by: clef list-callers; a name with spaces needs quotes")}
	}
	if err := p.begin(s); err != nil {
		return err
	}
	var key wire.PairingKey
	err := p.withMaster(ctx, s, func(a Admin, master secret.Bytes) (err error) {
		if key, err = findCaller(ctx, a, master, words[0]); err != nil {
			return err
		}
		return a.RemoveCaller(ctx, master, key)
	})
	if err == nil {
		p.logger.Info("Caller removed", "key", "0x"+hex.EncodeToString(key[:]))
	}
	return err
}

// findCaller is the key of a caller that is named by it or by its name, of which no two
// callers have the same. Keys are longer than names.
func findCaller(ctx context.Context, a Admin, master secret.Bytes, called string) (key wire.PairingKey, err error) {
	digits := strings.TrimPrefix(strings.TrimPrefix(called, "0x"), "0X")
	if raw, err := hex.DecodeString(digits); err == nil && len(raw) == len(key) {
		return wire.PairingKey(raw), nil
	}
	entries, err := a.Callers(ctx, master)
	if err != nil {
		return key, err
	}
	for name, value := range entries {
		if c, err := pairing.ParseEntry(name, value); err == nil && strings.EqualFold(c.Name, called) {
			return c.Key, nil
		}
	}
	return key, fault.UnknownKey.New("no caller is called %.64q", called).WithHint("they are listed by: clef list-callers")
}
