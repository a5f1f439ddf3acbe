package clefjs

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
)

// host is what a rule file reaches outside of its runtime.
type host interface {
	// read gives what is stored under key, "" if nothing is.
	read(key string) (string, error)
	// print shows a line.
	print(text string)
}

// machine is one runtime for one call, with Clef's globals in it.
type machine struct {
	vm     *goja.Runtime
	host   host
	known  map[string]*entry // of the storage: what was put or read in this call
	puts   []string          // keys, in the order in which they were first put
	stored int               // bytes of keys and values in puts
	output int               // bytes printed
	failed error             // of the storage; the call can not succeed any more

	library func() (*goja.Program, error)
	big     goja.Value // BigNumber; nil before it is loaded
	usedBig bool       // somebody looked at it
}

// entry is a value of the storage as a call sees it.
type entry struct {
	value string
	put   bool // by the call; else it was read
}

// newMachine makes a runtime with console, storage and BigNumber, and no other host
// functions: no require, no timers, no network, no files.
func newMachine(h host, library func() (*goja.Program, error)) *machine {
	m := &machine{vm: goja.New(), host: h, library: library}
	m.vm.SetMaxCallStackSize(maxCallStack)
	m.vm.SetParserOptions(parser.WithDisableSourceMaps) // of eval
	global := m.vm.GlobalObject()

	console := m.vm.NewObject()
	define(console, "log", m.vm.ToValue(m.log))
	define(console, "error", m.vm.ToValue(m.log))
	define(global, "console", console)

	storage := m.vm.NewObject()
	define(storage, "put", m.vm.ToValue(m.put))
	define(storage, "get", m.vm.ToValue(m.get))
	define(global, "storage", storage)

	defineLazily(m.vm, global, "BigNumber", func() goja.Value {
		m.usedBig = true
		if m.big == nil {
			m.loadBig()
		}
		return m.big
	})
	return m
}

// preload loads BigNumber before anybody looks at it. If it fails, it fails again when
// somebody does.
func (m *machine) preload() {
	_ = m.guard(func() error { m.loadBig(); return nil })
}

// loadBig runs the library. It panics with what JavaScript throws.
func (m *machine) loadBig() {
	p, err := m.library()
	if err != nil {
		panic(m.vm.NewGoError(err))
	}
	load, err := m.vm.RunProgram(p)
	if err != nil {
		panic(err)
	}
	run, _ := goja.AssertFunction(load)
	holder := m.vm.NewObject()
	if _, err := run(holder); err != nil {
		panic(err)
	}
	m.big = holder.Get("BigNumber")
}

// log is console.log and console.error: Clef writes the arguments as text, with a space
// between them.
func (m *machine) log(c goja.FunctionCall) goja.Value {
	var b strings.Builder
	b.WriteString("JS:> ")
	for _, argument := range c.Arguments {
		b.WriteByte(' ')
		b.WriteString(m.text(argument))
	}
	if len(c.Arguments) == 0 {
		b.WriteByte(' ')
	}
	m.print(b.String())
	return goja.Undefined()
}

// print keeps to what a call may print, and says so once when it is too much.
func (m *machine) print(text string) {
	if m.output > maxOutput {
		return
	}
	if text = cut(text, maxLine); m.output+len(text) > maxOutput {
		text = "JS:>  (what follows is too much and is not shown)"
		m.output = maxOutput
	}
	m.output += len(text) + 1
	m.host.print(text)
}

// put is storage.put: nothing leaves the call before it has come to its end.
func (m *machine) put(c goja.FunctionCall) goja.Value {
	key, value := m.text(c.Argument(0)), m.text(c.Argument(1))
	if key == "" {
		return goja.Null()
	}
	if len(key) > maxKey || len(value) > maxValue {
		m.fail(fmt.Errorf("storage.put of a key of %d and a value of %d bytes, more than %d and %d", len(key), len(value), maxKey, maxValue))
	}
	e := m.entry(key)
	if e.put {
		m.stored -= len(e.value)
	} else {
		m.puts = append(m.puts, key)
		m.stored += len(key)
	}
	e.value, e.put = value, true
	if m.stored += len(value); m.stored > maxStored || len(m.puts) > maxPuts {
		m.fail(fmt.Errorf("storage.put of more than %d entries or %d bytes in one call", maxPuts, maxStored))
	}
	return goja.Null()
}

// get is storage.get.
func (m *machine) get(c goja.FunctionCall) goja.Value {
	key := m.text(c.Argument(0))
	if key == "" {
		return m.vm.ToValue("")
	}
	if len(key) > maxKey {
		m.fail(fmt.Errorf("storage.get of a key of %d bytes, more than %d", len(key), maxKey))
	}
	if e, known := m.known[key]; known {
		return m.vm.ToValue(e.value)
	}
	value, err := m.host.read(key)
	if err != nil {
		m.fail(err)
	}
	m.entry(key).value = value
	return m.vm.ToValue(value)
}

// entry is what the call knows about key.
func (m *machine) entry(key string) *entry {
	e := m.known[key]
	if e == nil {
		e = new(entry)
		if m.known == nil {
			m.known = make(map[string]*entry)
		}
		m.known[key] = e
	}
	return e
}

// fail ends the call because of the storage. It is nothing that a rule file could catch
// and decide without: a limit must not be taken for unused because it can not be read.
func (m *machine) fail(err error) {
	m.failed = err
	m.vm.Interrupt(err)
	panic(m.vm.ToValue("the storage failed"))
}

// text converts a value as JavaScript does where it needs a text. A symbol is none, and
// does not become one.
func (m *machine) text(v goja.Value) string {
	v = v.ToString()
	if _, symbol := v.(*goja.Symbol); symbol {
		panic(m.vm.NewTypeError("Cannot convert a Symbol value to a string"))
	}
	return v.String()
}

// errMissing: the name is not defined.
var errMissing = errors.New("the function is not defined")

// errTime and errSpace interrupt a call.
var (
	errTime  = errors.New("the time is up")
	errSpace = errors.New("the memory is used up")
)

// run executes the rule file's top level and then the function that lookup's value is
// (a nil argument: it gives that value itself), and says how that ended: the text of
// the result, or of what went wrong.
func (m *machine) run(file, lookup *goja.Program, argument func() goja.Value) (end status, text string) {
	err := m.guard(func() (err error) {
		text, err = m.execute(file, lookup, argument)
		return err
	})
	switch {
	case m.failed != nil:
		return statusStorage, cut(m.failed.Error(), maxText)
	case err == nil && len(text) > maxText:
		return statusException, "what the function returned is too long to be a decision"
	case err == nil:
		return statusReturned, text
	}
	return m.diagnose(err)
}

func (m *machine) execute(file, lookup *goja.Program, argument func() goja.Value) (string, error) {
	var arguments []goja.Value
	if argument != nil {
		arguments = append(arguments, argument()) // before a top level could change what objects are
	}
	if _, err := m.vm.RunProgram(file); err != nil {
		return "", err
	}
	found, err := m.vm.RunProgram(lookup)
	if err != nil {
		return "", missing(err)
	}
	if argument != nil {
		function, ok := goja.AssertFunction(found)
		if !ok {
			return "", errors.New("TypeError: what has the name of the function is not one")
		}
		if found, err = function(goja.Undefined(), arguments...); err != nil {
			return "", err
		}
	}
	var text string
	if ex := m.vm.Try(func() { text = m.text(found) }); ex != nil {
		return "", ex
	}
	return text, nil
}

// missing tells the error of a name that is not defined from what a getter of that name
// threw.
func missing(err error) error {
	if ex, ok := err.(*goja.Exception); ok {
		if o, ok := ex.Value().(*goja.Object); ok && o.ClassName() == "Error" && strings.HasPrefix(ex.Error(), "ReferenceError") {
			return errMissing
		}
	}
	return err
}

// diagnose says what an error of a call was. Its text may be made by JavaScript, which
// may be interrupted in turn.
func (m *machine) diagnose(err error) (end status, text string) {
	switch e := err.(type) {
	case *goja.InterruptedError:
		end = statusTimeout
		if e.Value() == errSpace {
			end = statusMemory
		}
		return end, cut(err.Error(), maxText)
	case *goja.StackOverflowError:
		return statusMemory, "the calls are nested too deeply"
	}
	if err == errMissing {
		return statusNoFunction, err.Error()
	}
	switch e := m.guard(func() error { text = cut(err.Error(), maxText); return nil }).(type) {
	case nil:
		return statusException, text
	case *goja.InterruptedError, *goja.StackOverflowError:
		return m.diagnose(e)
	}
	return statusException, "an exception that has no text"
}

// guard runs f and makes an error of what gets out of the runtime as a panic: an
// interruption of what JavaScript the conversion of a value runs, for one.
func (m *machine) guard(f func() error) (err error) {
	defer func() {
		if x := recover(); x != nil {
			if e, ok := x.(error); ok {
				err = e
			} else {
				err = errors.New("an exception that nothing could catch")
			}
		}
	}()
	return f()
}

// taken is what the call stored, in order.
func (m *machine) taken() []Put {
	puts := make([]Put, 0, len(m.puts))
	for _, key := range m.puts {
		puts = append(puts, Put{Key: key, Value: m.known[key].value})
	}
	return puts
}

// cut shortens text to at most limit bytes of valid UTF-8.
func cut(text string, limit int) string {
	if len(text) > limit {
		text = text[:limit]
	}
	return strings.ToValidUTF8(text, "")
}
