package gate

import (
	"context"

	"strongroom/internal/audit"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/wallet"
	"strongroom/internal/policy"
)

// Change is one entry that [RuleStorage.Commit] writes. An empty value deletes it; an
// empty key is passed over.
type Change = wallet.RuleChange

// RuleStorage is what a rule file stores: the vault's jsstorage.json. It is safe for
// concurrent use, and all that are opened of one vault show the same.
//
// A count that a rule file keeps limits something only if it cannot be set back. The
// file cannot tell; the journal can. Each state is written aside, its digest is journaled
// as operation rules.store and synced, and only then does it replace the file. What was
// interrupted is finished at the next start, and a file that is not what the journal
// names last is refused until the owner accepts it.
type RuleStorage struct {
	gate   *Gate
	caller Caller
	file   *wallet.RuleFile
}

// RuleStorage opens the storage of the rule file. A vault whose storage was never opened
// here has it taken as it is, which the journal notes. The changes that are committed
// are journaled as the caller's. Errors: fault.Denied; fault.Locked before
// [Gate.OpenClef]; fault.Conflict where the file is not the one that the journal names
// last; fault.Corrupt; fault.Storage.
func (g *Gate) RuleStorage(ctx context.Context, c Caller) (*RuleStorage, error) {
	return g.openRules(ctx, c, g.expected)
}

// AcceptRuleStorage takes the file as it is, whatever the journal says, and journals
// that. Errors: those of [Gate.RuleStorage] but for fault.Conflict.
func (g *Gate) AcceptRuleStorage(ctx context.Context, c Caller) error {
	_, err := g.openRules(ctx, c, func(_ *wallet.RuleFile, state *wallet.RuleState) (*wallet.RuleState, string, error) {
		return state, "accepted as it is", nil
	})
	return err
}

// openRules adopts the state of the file that choose agrees to.
func (g *Gate) openRules(ctx context.Context, c Caller, choose func(*wallet.RuleFile, *wallet.RuleState) (*wallet.RuleState, string, error)) (*RuleStorage, error) {
	a, err := g.onKeyStore(ctx, StoreRules, c, false)
	if err != nil {
		return nil, err
	}
	file, err := g.wallets.RuleFile(c.Listener)
	if err != nil {
		return nil, g.refuse(ctx, a, err)
	}
	leave, err := file.Enter(ctx)
	if err != nil {
		return nil, g.refuse(ctx, a, err)
	}
	defer leave()
	a.key, a.synced = vaultKey(file), true
	var state *wallet.RuleState
	err = g.passAfter(ctx, a, func() (func(), error) {
		found, err := file.Read()
		if err != nil {
			return nil, err
		}
		if state, a.detail, err = choose(file, found); err != nil {
			return nil, err
		}
		a.digest = state.Digest
		return func() {}, nil
	}, func() error {
		state.Adopt()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &RuleStorage{gate: g, caller: c, file: file}, nil
}

// vaultKey names a vault in the journal. The name follows from the seed, so that moving
// the directory changes nothing.
func vaultKey(file *wallet.RuleFile) string { return "clef-vault:" + file.Vault() }

// expected compares the file with what the journal names last, and finishes what was
// interrupted.
func (g *Gate) expected(file *wallet.RuleFile, found *wallet.RuleState) (*wallet.RuleState, string, error) {
	key := vaultKey(file)
	last, known, err := audit.Last(g.cfg.Journal.Dir(), string(StoreRules), func(r *audit.Record) bool {
		return r.Phase == audit.Decision && r.Verdict == policy.Allow.String() && r.Key == key
	})
	switch {
	case err != nil:
		return nil, "", err
	case !known:
		return found, "never opened here before: taken as it is", nil
	case found.Digest == last.Digest:
		return found, "as the journal has it", nil
	}
	finished, err := file.Finish(last.Digest)
	if err != nil {
		return nil, "", err
	}
	if !finished {
		return nil, "", fault.Conflict.New("the rule storage is older than the journal knows, or was changed by another program: record %d names another state", last.Sequence).
			WithHint("%s", wayBack)
	}
	found, err = file.Read()
	if err == nil && found.Digest != last.Digest {
		err = fault.Conflict.New("the rule storage was changed by another program").WithHint("%s", wayBack)
	}
	return found, "finished what was interrupted", err
}

// wayBack is what the owner can do about a rule storage that is refused. He can also accept
// it; how depends on how the signer was started, which adds that.
const wayBack = "put the newest jsstorage.json of the vault back"

// Get gives an entry, "" where there is none. It shows durable states only. Errors:
// fault.Corrupt for an entry that was changed outside; fault.Locked once the vault is
// closed.
func (s *RuleStorage) Get(key string) (string, error) { return s.file.Get(key) }

// Commit writes changes in order, all or none, and returns when they are durable.
// Changes that change nothing cost nothing. If it fails, Get shows the state before; a
// start after that may show the one that failed, never an older one. Errors:
// fault.Denied; fault.Conflict where another program changed the file; fault.Storage;
// fault.TooLarge; fault.Canceled, only before anything is written; fault.Locked.
func (s *RuleStorage) Commit(ctx context.Context, changes []Change) error {
	g := s.gate
	a, err := g.onKeyStore(ctx, StoreRules, s.caller, false)
	if err != nil {
		return err
	}
	leave, err := s.file.Enter(ctx)
	if err != nil {
		return g.refuse(ctx, a, err)
	}
	defer leave()
	draft, err := s.file.Draft(changes)
	if err != nil {
		return g.refuse(ctx, a, err)
	}
	if draft == nil {
		return nil
	}
	a.key, a.digest, a.synced = vaultKey(s.file), draft.Digest, true
	return g.passAfter(ctx, a, func() (func(), error) {
		end := func() {
			// Whether a broken journal names the state shows only when it is opened again.
			draft.End(a.sequence != 0 || g.cfg.Journal.Broken() != nil)
		}
		if err := draft.Stage(); err != nil {
			end()
			return nil, err
		}
		return end, nil
	}, draft.Publish)
}
