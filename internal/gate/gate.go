// Package gate is the one way to every operation of the product.
//
// # The pipeline
//
// Each call passes the same steps, in [Gate.pass]:
//
//	caller ─▶ known operation? ─▶ rules ─▶ password ─▶ journal (durable) ─▶ the work ─▶ outcome, if it failed
//	                               └ ask ─▶ approval ┘
//
// Where the rules say ask, the operation waits on the desk of package approval until
// it is approved, denied, or its time or its caller is gone.
//
// The password is asked where an operation opens a wallet, see [Gate.passAfter].
// Operations in a session have more before the rules: the session, the password
// where it demands it, the key; a signature also decoding by the chain into
// effects. No API reaches a wallet or the vault by another way; both are internal to
// this folder, which the compiler enforces.
//
// # Fail closed
//
// The set of operations is closed ([Operation]); what is unknown, undecodable or
// not allowed by a rule is refused, and so is what can not be written to the
// journal. A refusal is journaled too; many equal ones are put together.
//
// # Records
//
// One decision record, allowed or denied, is in the journal before a result
// exists; if the work fails afterwards, one outcome record more. Records hold
// digests and effects, never payloads or secrets.
package gate

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"time"

	"strongroom/internal/approval"
	"strongroom/internal/audit"
	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/gate/internal/wallet"
	"strongroom/internal/policy"
	"strongroom/internal/seal"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// Config is what a gate needs. It owns none of it, except what it builds itself.
type Config struct {
	Store   store.Store
	Journal *audit.Journal
	Policy  *policy.Policy
	Chains  []chain.Chain
	Arena   *secret.Arena
	Sealer  *seal.Sealer
	Rand    io.Reader
	Now     func() time.Time
	Log     *slog.Logger

	Derivations     int      // password derivations that may run at once
	DerivationQueue int      // that may wait, over all callers
	KmdFolders      []string // folders whose kmd wallet files are adopted
	Private         string   // a 0700 folder for private copies of foreign files

	Live      []LiveFolder // folders whose files are wallets themselves; at most one for a listener
	KeyStores []KeyStore   // folders of web3 key files; at most one for a listener

	// Desk is where operations wait that the rules want approved; nil refuses them.
	// Approvers decide for listeners that have one; for the others the questions are
	// answered through [Gate.Answer]. The map must not change.
	Desk      *approval.Desk
	Approvers map[string]approval.Approver
}

// Gate is safe for concurrent use.
type Gate struct {
	cfg     Config
	chains  map[string]chain.Chain
	vault   *vault.Vault
	wallets *wallet.Set
	files   keyFiles
	listed  listedNames
}

// New opens the wallets of a store. Call Close before closing what is in cfg.
func New(ctx context.Context, cfg Config) (*Gate, error) {
	g := &Gate{cfg: cfg, chains: make(map[string]chain.Chain, len(cfg.Chains))}
	for _, c := range cfg.Chains {
		if _, twice := g.chains[c.ID()]; twice {
			return nil, fault.Internal.New("two chains are called %q", c.ID())
		}
		g.chains[c.ID()] = c
	}
	var err error
	if g.vault, err = vault.New(vault.Config{Arena: cfg.Arena, Sealer: cfg.Sealer, Store: cfg.Store.ID(), Rand: cfg.Rand}); err != nil {
		return nil, err
	}
	g.wallets, err = wallet.Open(ctx, wallet.Config{
		Store: cfg.Store, Vault: g.vault, Rand: cfg.Rand, Now: cfg.Now, Log: cfg.Log,
		Derivations: cfg.Derivations, DerivationQueue: cfg.DerivationQueue,
		KmdFolders: cfg.KmdFolders, Private: cfg.Private, Arena: cfg.Arena, Live: cfg.Live, KeyStores: cfg.KeyStores,
	})
	if err != nil {
		_ = g.vault.Close()
		return nil, err
	}
	g.files = storedKeyFiles{g.wallets}
	return g, nil
}

// Close locks all wallets and wipes their keys.
func (g *Gate) Close() error {
	g.wallets.Close()
	return g.vault.Close()
}

// act is one operation on its way through the gate: what the rules ask about and
// what the journal keeps.
type act struct {
	operation Operation
	caller    Caller
	wallet    string     // id as text, "" where none is concerned
	name      string     // of the wallet
	also      []place    // further wallets whose keys sign
	becomes   string     // a further name that it, or a second wallet, would get; "" if none
	key       string     // public key or address; of several keys all, with spaces between
	keys      [][]string // for each key concerned, its text forms
	sequence  uint64     // of the decision record, once it is written
	chain     string
	form      string
	digest    string
	effects   []chain.Effect
	kinds     []chain.EffectKind
	some      bool // goes through all wallets and shows those that the rules allow
	detail    string
	synced    bool // its decision record survives a power cut, whatever the journal's durability

	// For whoever is asked to approve it.
	subject    any                // the API's own form of the request
	intent     *chain.Intent      // of a signature
	accounts   []approval.Account // what a listing offers to reveal
	changeable bool               // heeds approval.Answer.Changed
	approval   *approval.Answer   // that approved it; nil while nobody has
	result     []byte             // what the approver is shown before the caller gets it
}

// place is a wallet by its id, as text, and name.
type place struct{ wallet, name string }

// pass takes an act through rules and journal, then runs work. No work of an
// operation is reached but through it.
func (g *Gate) pass(ctx context.Context, a *act, work func() error) error {
	return g.passAfter(ctx, a, func() (func(), error) { return func() {}, nil }, work)
}

// passAfter is pass with a check of the caller's own evidence, the password, between
// rules and journal. What fails it is refused and journaled as such, so that wrong
// passwords, which anybody can send by the thousand, are put together. What passes
// it holds until the work is done: release ends that.
func (g *Gate) passAfter(ctx context.Context, a *act, check func() (release func(), err error), work func() error) error {
	defer a.giveBack(ctx)
	decision, err := g.judge(ctx, a)
	if err != nil {
		return err
	}
	release, err := check()
	if err != nil {
		return g.refuse(ctx, a, err)
	}
	defer release()
	if a.approval != nil && ctx.Err() != nil { // nobody is left whom it was approved for
		return g.refuse(ctx, a, fault.Canceled.Wrap(ctx.Err(), "the caller went away"))
	}
	if operations[a.operation] == auditRefusals && a.approval == nil {
		return g.settle(ctx, a, 0, work())
	}
	r := g.record(a, audit.Decision)
	r.Verdict, r.Rule = policy.Allow.String(), decision.Rule
	write := g.cfg.Journal.Append
	if a.synced {
		write = g.cfg.Journal.AppendSynced
	}
	if err := write(ctx, r); err != nil {
		return err
	}
	a.sequence = r.Sequence
	if err = work(); err == nil {
		err = a.conclude(ctx)
	}
	return g.settle(ctx, a, r.Sequence, err)
}

// judge asks the rules and journals a denial. This is the only place that decides.
// Where the rules say ask, it waits until the act is approved, see [Gate.consult]; what
// approved an act stays with it.
func (g *Gate) judge(ctx context.Context, a *act) (policy.Decision, error) {
	if _, known := operations[a.operation]; !known {
		return policy.Decision{}, g.refuse(ctx, a, fault.Denied.New("unknown operation"))
	}
	decision := g.decide(a)
	switch {
	case decision.Verdict == policy.Allow:
		return decision, nil
	case decision.Verdict == policy.Ask && a.approval != nil:
		return decision, nil
	case decision.Verdict == policy.Ask:
		return decision, g.consult(ctx, a, decision)
	}
	return decision, g.deny(ctx, a, decision)
}

// deny journals what the rules do not allow.
func (g *Gate) deny(ctx context.Context, a *act, decision policy.Decision) error {
	r := g.record(a, audit.Decision)
	r.Verdict, r.Rule, r.Error = policy.Deny.String(), decision.Rule, fault.Denied.String()
	r.Detail = a.withApproval(decision.Reason)
	if err := g.cfg.Journal.Append(context.WithoutCancel(ctx), r); err != nil {
		return err
	}
	return fault.Denied.New("not allowed: %s", decision.Reason).
		WithHint("the rules are in the file strongroom.toml of this daemon's data directory")
}

// decide asks the rules for each wallet and name concerned: all must be allowed, or
// at least be left to an approval.
func (g *Gate) decide(a *act) policy.Decision {
	d := g.decideAs(a, place{a.wallet, a.name})
	places := a.also
	if a.becomes != "" {
		places = append(places, place{a.wallet, a.becomes})
	}
	for _, p := range places {
		if d.Verdict == policy.Deny {
			return d
		}
		d = stricter(d, g.decideAs(a, p))
	}
	return d
}

// stricter is the decision that holds where both must.
func stricter(first, second policy.Decision) policy.Decision {
	if second.Verdict < first.Verdict {
		return second
	}
	return first
}

// decideAs asks the rules, once for each key: all must be allowed, as in decide.
func (g *Gate) decideAs(a *act, p place) policy.Decision {
	q := policy.Question{
		Listener: a.caller.Listener, Caller: a.caller.Identity, Operation: string(a.operation),
		Wallet: p.name, WalletID: p.wallet, Effects: a.kinds,
	}
	if a.some {
		return g.cfg.Policy.DecideSome(q)
	}
	if len(a.keys) == 0 {
		return g.cfg.Policy.Decide(q)
	}
	var all policy.Decision
	for i, names := range a.keys {
		q.Keys = names
		d := g.cfg.Policy.Decide(q)
		if i == 0 {
			all = d
		}
		if all = stricter(all, d); all.Verdict == policy.Deny {
			break
		}
	}
	return all
}

// settle journals the failure of work that was allowed. Results of failed work
// never leave, so an outcome that can not be written changes nothing for the
// caller but the error.
func (g *Gate) settle(ctx context.Context, a *act, ref uint64, err error) error {
	if err == nil {
		return nil
	}
	if ref == 0 {
		return g.refuse(ctx, a, err)
	}
	r := g.record(a, audit.Outcome)
	r.Ref, r.Error = ref, fault.KindOf(err).String()
	if jerr := g.cfg.Journal.Append(context.WithoutCancel(ctx), r); jerr != nil {
		g.cfg.Log.Error("the outcome of an operation could not be journaled", "op", a.operation, "err", jerr)
	}
	return err
}

// refuse journals an operation that ended before a decision: a wrong password, an
// unknown key, a payload that does not decode. Those that are equal, wallet and key
// included, share a record in quick succession.
func (g *Gate) refuse(ctx context.Context, a *act, err error) error {
	r := g.record(a, audit.Decision)
	r.Verdict, r.Error = policy.Deny.String(), fault.KindOf(err).String()
	if jerr := g.cfg.Journal.AppendRefusal(context.WithoutCancel(ctx), r); jerr != nil {
		g.cfg.Log.Error("a refusal could not be journaled", "op", a.operation, "err", jerr)
	}
	return err
}

// Refused journals a refusal that an API decided by its own protocol, such as a
// missing token.
func (g *Gate) Refused(ctx context.Context, c Caller, operation Operation, kind fault.Kind) {
	_ = g.refuse(ctx, &act{operation: operation, caller: c}, kind.New("refused"))
}

func (g *Gate) record(a *act, phase audit.Phase) *audit.Record {
	wallets := a.wallet
	for _, p := range a.also {
		wallets += " " + p.wallet
	}
	return &audit.Record{
		Phase: phase, Operation: string(a.operation),
		Listener: a.caller.Listener, Protocol: a.caller.Protocol, Address: a.caller.Address,
		UID: a.caller.UID, Identity: a.caller.Identity,
		Wallet: wallets, Key: a.key, Chain: a.chain, Form: a.form, Digest: a.digest,
		Effects: a.effects, Detail: a.withApproval(a.detail),
	}
}

// onWallet describes an operation on a wallet by its id.
func (g *Gate) onWallet(op Operation, c Caller, id WalletID) *act {
	return &act{operation: op, caller: c, wallet: FormatWalletID(id), name: g.wallets.Name(id)}
}

// inSession finds the session and describes an operation in it. Without a session
// the refusal is journaled.
func (g *Gate) inSession(ctx context.Context, op Operation, c Caller, id SessionID) (*wallet.Session, *act, error) {
	s, err := g.wallets.Session(c.Listener, id)
	if err != nil {
		return nil, nil, g.refuse(ctx, &act{operation: op, caller: c}, err)
	}
	walletID, name := s.Wallet()
	return s, &act{operation: op, caller: c, wallet: FormatWalletID(walletID), name: name}, nil
}

// Operations lists the closed set, in order of the names.
func Operations() []string {
	all := make([]string, 0, len(operations))
	for op := range operations {
		all = append(all, string(op))
	}
	slices.Sort(all)
	return all
}
