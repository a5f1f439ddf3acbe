package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"strongroom/internal/fault"
)

// maxFile bounds the size of a configuration file, in bytes.
const maxFile = 1 << 20

// maxElements bounds the number of blocks of one kind.
const maxElements = 1000

// file is a parsed configuration file.
type file struct {
	name      string
	positions map[string]position // where each key stands, by its path
	origins   map[string]Origin   // filled in as keys are stored
}

// at prefixes an error with the place of a key and its name.
func (f *file) at(path string, err error) error {
	where := f.name
	if p, ok := f.positions[path]; ok {
		where = fmt.Sprintf("%s:%d:%d", f.name, p.line, p.column)
	}
	return prefixed(fmt.Sprintf("%s: %s", where, path), err)
}

// prefixed puts a place before the text of a fault and keeps its kind and hint.
func prefixed(where string, err error) error {
	e := fault.KindOf(err).New("%s: %s", where, fault.Text(err))
	if hint := fault.Hint(err); hint != "" {
		return e.WithHint("%s", hint)
	}
	return e
}

// decodeFile stores what a file says into c.
func decodeFile(name string, data []byte, c *Config) (*file, error) {
	if len(data) > maxFile {
		return nil, fault.TooLarge.New("%s: %d bytes; at most %d are accepted", name, len(data), maxFile)
	}
	var root map[string]any
	if err := toml.Unmarshal(data, &root); err != nil {
		return nil, syntaxError(name, err)
	}
	f := &file{name: name, positions: locate(data), origins: map[string]Origin{}}
	if err := f.table(reflect.ValueOf(c).Elem(), root, ""); err != nil {
		return nil, err
	}
	return f, nil
}

// syntaxError renders what the TOML reader refuses: bad syntax and keys given twice.
func syntaxError(name string, err error) error {
	text := strings.TrimPrefix(err.Error(), "toml: ")
	if e, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, column := e.Position()
		return fault.Invalid.New("%s:%d:%d: %s", name, line, column, text)
	}
	return fault.Invalid.New("%s: %s", name, text)
}

// table stores one TOML table into the struct v.
func (f *file) table(v reflect.Value, raw map[string]any, path string) error {
	// In the order of the file, so that the first mistake is the one reported.
	names := slices.SortedFunc(maps.Keys(raw), func(a, b string) int {
		p, q := f.positions[path+a], f.positions[path+b]
		return cmp.Or(cmp.Compare(p.line, q.line), cmp.Compare(p.column, q.column), cmp.Compare(a, b))
	})
	for _, name := range names {
		i, ok := fieldOf(v.Type(), name)
		if !ok {
			return f.at(path+name, unknownKey(name, fieldNames(v.Type())))
		}
		if err := f.entry(v.Field(i), v.Type().Field(i), raw[name], path+name); err != nil {
			return err
		}
	}
	return nil
}

func unknownKey(name string, known []string) error {
	err := fault.Invalid.New("unknown key")
	if near := nearest(name, known); near != "" {
		return err.WithHint("did you mean %q?", near)
	}
	return err.WithHint("known here: %s", strings.Join(known, ", "))
}

func (f *file) entry(v reflect.Value, field reflect.StructField, raw any, path string) error {
	switch {
	case isTable(field.Type):
		sub, ok := raw.(map[string]any)
		if !ok {
			return f.at(path, fault.Invalid.New("must be a table").WithHint("write [%s] on a line of its own", field.Tag.Get("toml")))
		}
		return f.table(v, sub, path+".")
	case isTableList(field.Type):
		return f.elements(v, field, raw, path)
	}
	p := f.positions[path]
	f.origins[path] = Origin{Source: FromFile, Name: f.name, Line: p.line}
	if err := (key{field: field, value: v}).setTOML(raw); err != nil {
		return f.at(path, err)
	}
	return nil
}

// elements stores an array of tables; what an element leaves out has its default.
func (f *file) elements(v reflect.Value, field reflect.StructField, raw any, path string) error {
	list, ok := raw.([]any)
	if len(list) > maxElements {
		return f.at(path, fault.Invalid.New("%d blocks; at most %d are accepted", len(list), maxElements))
	}
	for i, e := range list {
		sub, isMap := e.(map[string]any)
		if ok = ok && isMap; !ok {
			break
		}
		block := reflect.New(field.Type.Elem()).Elem()
		if block.Type() == reflect.TypeFor[Listener]() {
			l := DefaultListener()
			if sub["protocol"] == "clef" {
				l.Limits.MaxBodyKiB = clefBodyKiB
			}
			block.Set(reflect.ValueOf(l))
		}
		if err := f.table(block, sub, element(path, i)+"."); err != nil {
			return err
		}
		v.Set(reflect.Append(v, block))
	}
	if !ok {
		return f.at(path, fault.Invalid.New("must be a list of tables").WithHint("write [[%s]] on a line of its own before each", field.Tag.Get("toml")))
	}
	return nil
}
