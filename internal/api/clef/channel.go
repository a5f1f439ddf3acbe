package clef

import (
	"io"
	"os"
	"sync"
	"sync/atomic"

	"strongroom/internal/api/clef/ui"
	"strongroom/internal/approval"
	"strongroom/internal/server"
)

// channel is the UI with both of its sides.
type channel interface {
	UI
	approval.Approver
	// Tested is the UI as --stdio-ui-test tries it.
	Tested() ui.Tested
	// Attach gives the UI the methods of the signer.
	Attach(*Door) error
	Close() error
}

// program is a UI at the other end of our standard streams.
type program struct {
	*ui.Stdio
	door    atomic.Pointer[Door]
	gone    sync.WaitGroup
	closing atomic.Bool
}

// chainID is that of the signer at this moment: the UI may have changed it.
func (p *program) chainID() uint64 {
	if d := p.door.Load(); d != nil {
		return uint64(max(0, d.chainID.Load()))
	}
	return 0
}

func (p *program) Attach(d *Door) error {
	service, err := d.Internal()
	if err != nil {
		return err
	}
	p.door.Store(d)
	p.Offer(service)
	return nil
}

func (p *program) Tested() ui.Tested { return p.Stdio }

func (p *program) Close() error {
	p.closing.Store(true)
	err := p.Stdio.Close()
	p.gone.Wait()
	return err
}

// person is a UI at the console, who has no methods to call.
type person struct{ *ui.Console }

func (person) Attach(*Door) error { return nil }

func (p person) Tested() ui.Tested { return p.Console }

// openUI chooses the UI.
func (r *run) openUI() (err error) {
	if !r.stdio {
		r.logger.Info("Using CLI as UI-channel")
		r.ui, err = r.console()
		return err
	}
	r.logger.Info("Using stdin/stdout as UI-channel")
	p := &program{}
	cfg := ui.StdioConfig{In: r.env.Stdin, Out: r.env.Stdout, NoChange: r.noChange, ChainID: p.chainID, Log: r.logger}
	if f, ok := r.env.Stdin.(*os.File); ok {
		in := server.Pollable(f)
		if in != f { // nobody else reads ours, and a UI must see when nobody reads it at all
			if err := server.Leave(f); err != nil {
				return err
			}
		}
		cfg.In = in
	}
	if f, ok := r.env.Stdout.(*os.File); ok {
		cfg.Out = io.Writer(server.Pollable(f))
	}
	if p.Stdio, err = ui.StartStdio(cfg); err != nil {
		return err
	}
	r.ui = p
	p.gone.Go(func() {
		<-p.Done()
		if !p.closing.Load() {
			r.logger.Warn("The UI is gone; requests that need it are denied")
		}
	})
	return nil
}

// console is the person before the terminal, or the script in their place.
func (p *personality) console() (person, error) {
	c, err := ui.NewConsole(ui.ConsoleConfig{In: p.env.Stdin, Out: p.env.Stdout, Log: p.logger})
	return person{c}, err
}
