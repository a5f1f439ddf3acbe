package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"strongroom/internal/approval"
	"strongroom/internal/audit"
	"strongroom/internal/chain/all"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/policy"
	"strongroom/internal/seal"
	"strongroom/internal/secret"
	"strongroom/internal/store"
	"strongroom/internal/store/sqlite"
)

// CoreConfig says how to open a core.
type CoreConfig struct {
	Settings  config.Config
	Sealing   Sealing
	AcceptGap bool // start although records of the journal are missing, and say so in it
	Log       *slog.Logger
	Now       func() time.Time
	Approvers map[string]approval.Approver // see StartConfig
}

// Sealing says what password derivation is acceptable. Production uses
// [ProductionSealing]; tests give the cheap profile.
type Sealing struct {
	Limits  seal.Limits
	Profile seal.Profile // zero: what the configuration says
}

// ProductionSealing takes the profile from the configuration, within the bounds of
// seal.Production.
func ProductionSealing() Sealing { return Sealing{Limits: seal.Production()} }

func (s Sealing) profile(c config.Sealing) seal.Profile {
	if s.Profile != (seal.Profile{}) {
		return s.Profile
	}
	return seal.Profile{Time: uint32(c.Time), MemoryKiB: uint32(c.MemoryMiB) << 10, Lanes: uint8(c.Lanes)}
}

// Core is everything behind the doors: store, journal, locked memory, gate.
type Core struct {
	Gate    *gate.Gate
	desk    *approval.Desk
	journal *audit.Journal
	store   store.Store
	arena   *secret.Arena
	log     *slog.Logger
	stop    chan struct{}
	done    sync.WaitGroup
}

// headEvery is how often the store learns how far the journal has come when no
// change of a wallet tells it.
const headEvery = time.Second

// OpenCore opens what is in a data directory, in the order in which the parts
// need each other. The directory stays the caller's to close, after the core.
func OpenCore(ctx context.Context, dir *Directory, cfg CoreConfig) (_ *Core, err error) {
	c := &Core{log: cfg.Log, stop: make(chan struct{})}
	defer func() {
		if err != nil {
			_ = c.Close(ctx)
		}
	}()
	s := cfg.Settings
	rules, err := s.PolicyRules()
	if err != nil {
		return nil, err
	}
	compiled, err := policy.New(rules, gate.Operations())
	if err != nil {
		return nil, err
	}
	durability, err := audit.ParseDurability(s.Audit.Durability)
	if err != nil {
		return nil, err
	}
	sealer, err := seal.New(seal.Config{Profile: cfg.Sealing.profile(s.Sealing), Limits: cfg.Sealing.Limits, Rand: rand.Reader})
	if err != nil {
		return nil, err
	}
	if c.arena, err = secret.NewArena(s.Memory.ArenaKiB << 10); err != nil {
		return nil, err
	}
	journal := &late{}
	opened, err := sqlite.Open(ctx, sqlite.Config{Dir: dir.Join(storeName), Head: journal.head, Now: cfg.Now})
	if err != nil {
		return nil, err // and c.store stays nil, which a nil *sqlite.Store in it would not be
	}
	c.store = opened
	head, err := c.store.Head(ctx)
	if err != nil {
		return nil, err
	}
	journal.saved = head
	var recovery audit.Recovery
	c.journal, recovery, err = audit.Open(audit.Config{
		Dir: dir.Join(journalName), StoreID: c.store.ID(), StoreHead: head, Durability: durability,
		SegmentSize: int64(s.Audit.SegmentMiB) << 20, Now: cfg.Now, AcceptGap: cfg.AcceptGap,
	})
	if err != nil {
		return nil, err
	}
	journal.journal.Store(c.journal)
	logRecovery(cfg.Log, recovery)
	if recovery.Behind > 0 {
		if err = c.stateBehind(ctx, head, recovery.Behind); err != nil {
			return nil, err
		}
	}
	c.desk = approval.New(approval.Config{
		Timeout: s.Approval.Timeout.Std(), MaxPending: s.Approval.MaxPending, MaxPerCaller: s.Approval.MaxPerCaller, Now: cfg.Now,
	})
	c.Gate, err = gate.New(ctx, gate.Config{
		Store: c.store, Journal: c.journal, Policy: compiled, Chains: all.All(), Arena: c.arena, Sealer: sealer,
		Rand: rand.Reader, Now: cfg.Now, Log: cfg.Log,
		Derivations: s.Sealing.Concurrency, DerivationQueue: s.Sealing.Queue,
		KmdFolders: kmdFolders(s.Listeners), Private: dir.Join(privateName), Live: dir.liveFolders(s.Listeners),
		KeyStores: dir.keyStores(s.Listeners), Desk: c.desk, Approvers: cfg.Approvers,
	})
	if err != nil {
		return nil, err
	}
	c.done.Go(c.keepHead)
	return c, nil
}

// Close wipes the keys first, then brings journal and store to rest.
func (c *Core) Close(ctx context.Context) error {
	close(c.stop)
	c.done.Wait()
	var errs []error
	if c.desk != nil {
		c.desk.Close()
	}
	if c.Gate != nil {
		errs = append(errs, c.Gate.Close())
	}
	if c.journal != nil {
		if c.store != nil {
			errs = append(errs, c.saveHead(context.WithoutCancel(ctx), c.journal.Head()))
		}
		errs = append(errs, c.journal.Close()) // which may write what was still counted
		if c.store != nil {
			errs = append(errs, c.store.SaveHead(context.WithoutCancel(ctx), c.journal.Head()))
		}
	}
	if c.store != nil {
		errs = append(errs, c.store.Close())
	}
	if c.arena != nil {
		errs = append(errs, c.arena.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fault.Storage.Wrap(err, "the data directory did not close cleanly")
	}
	return nil
}

func kmdFolders(listeners []config.Listener) []string {
	var folders []string
	for _, l := range listeners {
		if l.Kmd.AdoptFrom != "" {
			folders = append(folders, l.Kmd.AdoptFrom)
		}
	}
	return folders
}

// logRecovery tells the owner what the journal had to mend at start.
func logRecovery(log *slog.Logger, r audit.Recovery) {
	for _, file := range r.Torn {
		log.Warn("an unfinished journal record was moved aside", "file", file)
	}
	for _, gap := range r.Gaps {
		log.Error("journal records are missing; the journal says so", "expected", gap.Expected.Sequence, "found", gap.Actual.Sequence)
	}
}
