package clefjs

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/dop251/goja"
)

// maxLookups is the number of functions whose lookups a child keeps compiled. Callbacks
// have five names.
const maxLookups = 16

// Worker is the child: it reads calls from in and writes answers to out until in ends,
// and returns the exit code. Main calls it, with standard input and output, when the
// program was started under [WorkerName]; the process is of no other use afterwards.
func Worker(in io.Reader, out io.Writer) int {
	w := worker{pipe: framer{in: in, out: out, limit: maxArgument + maxName + 64}}
	limitMemory, landlock, err := confine()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := w.start(limitMemory, landlock); err != nil {
		return 1
	}
	for {
		switch err := w.serve(); {
		case errors.Is(err, io.EOF):
			return 0
		case err != nil:
			return 1
		}
	}
}

// worker is the state of a child. Nothing of it comes from a call but what is prepared.
type worker struct {
	pipe     framer
	file     *goja.Program
	lookups  map[string]*goja.Program
	library  *goja.Program // bignumber.js; nil before its first use
	prepared []preparedNode
	ready    *machine // fresh, for the next call
	bigCalls int      // how many calls in a row have used BigNumber
	watch    watch
}

type preparedNode struct {
	id   uint32
	node node
}

// start reads what is to be run and says whether it compiles, and which version of
// landlock holds. What it can not answer
// ends the child.
func (w *worker) start(limitMemory func(bytes uint64) error, landlock int) error {
	m, err := w.receive()
	if err != nil {
		return err
	}
	s, ok := m.(source)
	if !ok {
		return errProtocol
	}
	w.lookups = make(map[string]*goja.Program)
	memory := uint64(s.memoryMiB) << 20
	if err := limitMemory(memory); err != nil {
		return err
	}
	w.watch.configure(time.Duration(s.timeoutMillis)*time.Millisecond, memory)
	var problem string
	if w.file, err = compile("<rules>", s.text); err != nil {
		problem = cut(err.Error(), maxText)
	}
	if err := w.pipe.send(hello{problem: problem, landlock: uint32(landlock)}); err != nil {
		return err
	}
	if problem != "" {
		return errors.New(problem)
	}
	w.refresh()
	return nil
}

func (w *worker) receive() (message, error) {
	b, err := w.pipe.receive()
	if err != nil {
		return nil, err
	}
	return decodeFromParent(b)
}

// serve does what the next message asks for.
func (w *worker) serve() error {
	m, err := w.receive()
	if err != nil {
		return err
	}
	switch m := m.(type) {
	case prepare:
		return w.prepare(m)
	case call:
		w.pipe.queue(w.call(m))
		if err := w.pipe.flush(); err != nil {
			return err
		}
		w.refresh()
		return nil
	}
	return errProtocol
}

func (w *worker) prepare(m prepare) error {
	n, err := parseObject(w.ready.vm, m.object)
	if err != nil {
		return err
	}
	if len(w.prepared) == maxPrepared {
		w.prepared = append(w.prepared[:0], w.prepared[1:]...)
	}
	w.prepared = append(w.prepared, preparedNode{id: m.id, node: n})
	w.watch.rebase()
	return nil
}

// refresh makes the runtime for the next call, while nobody waits for it. BigNumber,
// which takes longer than all the rest, is loaded if it will be used, as it looks.
func (w *worker) refresh() {
	if w.ready != nil && w.ready.usedBig {
		w.bigCalls++
	} else {
		w.bigCalls = 0
	}
	w.ready = newMachine(w, w.bigNumber)
	if w.bigCalls > 1 {
		w.ready.preload()
	}
}

func (w *worker) call(c call) answer {
	m := w.ready
	lookup, err := w.lookup(c)
	if err != nil {
		return answer{status: statusException, text: cut(err.Error(), maxText)}
	}
	build, err := w.argument(m, c)
	if err != nil {
		return answer{status: statusException, text: cut(err.Error(), maxText)}
	}
	w.watch.begin(m.vm)
	defer w.watch.end()
	a := answer{}
	if a.status, a.text = m.run(w.file, lookup, build); a.status == statusReturned {
		a.puts = m.taken()
	}
	return a
}

// lookup is the program whose value is the function, or for a probe its type.
func (w *worker) lookup(c call) (*goja.Program, error) {
	text := c.function
	if c.probe {
		text = "typeof " + text
	}
	if p := w.lookups[text]; p != nil {
		return p, nil
	}
	p, err := compile("<call>", text)
	if err == nil && len(w.lookups) < maxLookups {
		w.lookups[text] = p
	}
	return p, err
}

// argument is what makes the argument of a call; nil for a probe, which has none.
func (w *worker) argument(m *machine, c call) (func() goja.Value, error) {
	if c.probe {
		return nil, nil
	}
	own, err := parseObject(m.vm, c.argument)
	if err != nil {
		return nil, err
	}
	var kept *node
	for i := range w.prepared {
		if w.prepared[i].id == c.prepared {
			kept = &w.prepared[i].node
		}
	}
	if kept == nil && c.prepared != 0 {
		return nil, fmt.Errorf("the prepared argument %d is not there", c.prepared)
	}
	return func() goja.Value {
		o := m.vm.NewObject()
		if kept != nil {
			kept.buildInto(m.vm, o, lazyFrom)
		}
		own.buildInto(m.vm, o, 0)
		return o
	}, nil
}

// bigNumber compiles the library when a rule first uses it.
func (w *worker) bigNumber() (*goja.Program, error) {
	if w.library == nil {
		p, err := bigNumber()
		if err != nil {
			return nil, err
		}
		w.library = p
	}
	return w.library, nil
}

// read asks the parent: see host.
func (w *worker) read(key string) (string, error) {
	if err := w.pipe.send(get{key: key}); err != nil {
		return "", err
	}
	m, err := w.receive()
	if err != nil {
		return "", err
	}
	v, ok := m.(value)
	if !ok {
		return "", errProtocol
	}
	if v.failed {
		return "", errors.New(v.text)
	}
	return v.text, nil
}

// print sends a line, at the latest with the answer: see host.
func (w *worker) print(text string) { w.pipe.queue(line{text: text}) }
