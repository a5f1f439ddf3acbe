package clefjs

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"strongroom/internal/fault"
)

// WorkerName is the name (Args[0]) under which the program is started as a child: main
// hands over to [Worker] when it sees it.
const WorkerName = "strongroom-rules"

// The defaults of a [Config].
const (
	DefaultWorkers   = 2
	DefaultTimeout   = 5 * time.Second
	DefaultMemoryMiB = 64
)

// Config says what is run, by how many children, within which bounds.
type Config struct {
	// Source is the text of the rule file, UTF-8, at most 4 MiB.
	Source []byte
	// Executable is the program that is started as a child, "" the running one. It must
	// call [Worker] when its Args[0] is [WorkerName].
	Executable string
	// Workers is the number of children, [DefaultWorkers] if it is 0.
	Workers int
	// Timeout bounds a call, from the moment a child has it to its answer;
	// [DefaultTimeout] if it is 0. The child ends the call itself after nine tenths, and
	// is killed if it did not.
	Timeout time.Duration
	// MemoryMiB bounds what the JavaScript of one child may use, [DefaultMemoryMiB] if it
	// is 0.
	MemoryMiB int
	// Print gets what the rules write to console.log and console.error, a line at a time,
	// without its end, beginning with "JS:> ". Control characters are gone. It may be
	// called concurrently; nil drops it.
	Print func(line string)
	// Log gets what happens to children; nil drops it.
	Log *slog.Logger
}

// Storage is what rules read with storage.get: the text stored under a key, "" where
// there is none. An error ends the call.
type Storage interface {
	Get(key string) (string, error)
}

// Outcome is what a function came back with.
type Outcome struct {
	// Text is the returned value converted to text as JavaScript does it: "undefined"
	// when nothing was returned. It has at most 4 KiB.
	Text string
	// Puts is what the call stored: each key once, with its last value, in the order in
	// which they were first put. Nobody has stored it yet: that is for the caller.
	Puts []Put
}

// Put is one storage.put: Value is the new value of Key, "" deletes it.
type Put struct{ Key, Value string }

// Prepared is the first part of an argument, which each child is sent only once.
type Prepared struct {
	id     uint32
	object []byte
}

// Engine is a rule file and the children that run it. Its methods may be called
// concurrently; as many calls as there are children run at the same time.
type Engine struct {
	cfg      Config
	first    chan greeting // what became of the first child that was started
	closing  chan struct{} // closed by Close
	keepers  sync.WaitGroup
	prepared atomic.Uint32 // the last id
	landlock int           // of the first child
	pool     pool
}

// Start compiles the rule file in a first child and keeps cfg.Workers of them ready
// until Close; ctx bounds the wait for the first one. Errors: fault.Invalid for a file
// that does not compile, with the reason; fault.TooLarge; else why no child starts.
func Start(ctx context.Context, cfg Config) (*Engine, error) {
	if len(cfg.Source) > maxSource {
		return nil, fault.TooLarge.New("the rule file has more than %d bytes", maxSource)
	}
	if !utf8.Valid(cfg.Source) {
		return nil, fault.Invalid.New("the rule file is not UTF-8")
	}
	e := newEngine(cfg)
	e.keep() // a file that does not compile does not do so once
	select {
	case g := <-e.first:
		if g.err != nil {
			_ = e.Close()
			return nil, g.err
		}
		for range e.cfg.Workers - 1 {
			e.keep()
		}
		e.landlock = g.landlock
		if e.landlock > 0 {
			e.cfg.Log.Info("rule processes: landlock is on", "version", e.landlock)
		} else {
			e.cfg.Log.Warn("rule processes: landlock is off; they are confined by what else the system offers", "kernel", Landlock())
		}
		return e, nil
	case <-ctx.Done():
		_ = e.Close()
		return nil, fault.Canceled.Wrap(ctx.Err(), "the process of the rule file did not start in time")
	}
}

// greeting is what became of the first child.
type greeting struct {
	landlock int
	err      error
}

// keep keeps one more child ready.
func (e *Engine) keep() {
	k := keeper{engine: e}
	e.keepers.Go(k.run)
}

// Landlock is the version of landlock, see [Landlock], that holds for the children; 0 for
// none: then they are confined without it, see the comment of this package.
func (e *Engine) Landlock() int { return e.landlock }

func newEngine(cfg Config) *Engine {
	if cfg.Workers <= 0 {
		cfg.Workers = DefaultWorkers
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.MemoryMiB <= 0 {
		cfg.MemoryMiB = DefaultMemoryMiB
	}
	if cfg.Print == nil {
		cfg.Print = func(string) {}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.Source = bytes.Clone(cfg.Source)
	return &Engine{
		cfg: cfg, first: make(chan greeting, 1), closing: make(chan struct{}),
		pool: pool{token: make(chan struct{}, cfg.Workers)},
	}
}

// Close kills the children and waits for everything that the engine started. Calls that
// run end with an error. It may be called more than once.
func (e *Engine) Close() error {
	if e.pool.close() {
		close(e.closing)
	}
	e.keepers.Wait()
	return nil
}

// Prepare keeps the members of a JSON object, such as the accounts of a listing, ready
// for many calls. Errors: fault.Invalid, fault.TooLarge.
func (e *Engine) Prepare(object []byte) (*Prepared, error) {
	if err := checkArgument(object); err != nil {
		return nil, err
	}
	return &Prepared{id: e.prepared.Add(1), object: bytes.Clone(object)}, nil
}

// Call runs the rule file's top level and then function(argument), in a runtime that
// nobody used before. argument is a JSON object. ctx bounds the wait for a free child; a
// call that has begun goes on until it ends or its time is up.
//
// Errors: [ErrNoFunction], [ErrException], [ErrTimeout], [ErrMemory], [ErrStorage],
// [ErrDied], [ErrClosed]; fault.Canceled where ctx ended first; fault.Invalid and
// fault.TooLarge for an argument. The texts of exceptions are for the log only.
func (e *Engine) Call(ctx context.Context, function string, argument []byte, s Storage) (Outcome, error) {
	return e.CallPrepared(ctx, function, nil, argument, s)
}

// CallPrepared is [Engine.Call] with p's members in front of argument's; nil is none.
func (e *Engine) CallPrepared(ctx context.Context, function string, p *Prepared, argument []byte, s Storage) (Outcome, error) {
	if len(argument) > maxArgument {
		return Outcome{}, fault.TooLarge.New("the request is too large for the rule file")
	}
	c := call{function: function, argument: argument}
	if p != nil {
		c.prepared = p.id
	}
	return e.do(ctx, c, p, s)
}

// Defines says whether the rule file's top level defines a function of this name. The
// errors are those of [Engine.Call].
func (e *Engine) Defines(ctx context.Context, function string, s Storage) (bool, error) {
	o, err := e.do(ctx, call{function: function, probe: true}, nil, s)
	return o.Text == "function", err
}

// do gives a call to the next free child.
func (e *Engine) do(ctx context.Context, c call, p *Prepared, s Storage) (Outcome, error) {
	if !isName(c.function) {
		return Outcome{}, fault.Invalid.New("%q is not the name of a function", c.function)
	}
	for {
		ch, err := e.take(ctx)
		if err != nil {
			return Outcome{}, err
		}
		o, err := e.converse(ch, c, p, s)
		if err != errNotSent { // it had died while it was idle
			return o, err
		}
	}
}

// take waits for a free child.
func (e *Engine) take(ctx context.Context) (*child, error) {
	for {
		select {
		case <-e.closing:
			return nil, ErrClosed
		case <-ctx.Done():
			return nil, fault.Canceled.Wrap(ctx.Err(), "no process was free for the rule file in time")
		case <-e.pool.token:
			if ch := e.pool.take(); ch != nil {
				return ch, nil
			}
		}
	}
}

// isName says whether text can stand where a function's name stands, and nothing else.
func isName(text string) bool {
	for i, r := range text {
		letter := r == '_' || r == '$' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return text != "" && len(text) <= maxName
}
