package config

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"
)

// maxPath bounds the length of a path whose position is kept. Our own keys are
// far shorter, and without it a hostile file could make paths of quadratic size.
const maxPath = 256

// position is a place in a file; both count from 1, columns in bytes.
type position struct{ line, column int }

// locate finds where each key of a well-formed document stands, by its path. The
// TOML reader keeps positions only for its own errors, so this walks its syntax tree.
func locate(data []byte) map[string]position {
	l := locator{positions: map[string]position{}, elements: map[string]int{}}
	for at := 0; ; {
		l.lines = append(l.lines, at)
		n := bytes.IndexByte(data[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	var p unstable.Parser
	p.Reset(data)
	table := ""
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table:
			table = l.key("", e.Key(), false)
		case unstable.ArrayTable:
			table = l.key("", e.Key(), true)
		case unstable.KeyValue:
			l.keyValue(table, e)
		}
	}
	return l.positions
}

type locator struct {
	lines     []int // offset of the start of each line
	positions map[string]position
	elements  map[string]int // elements so far of each array of tables
}

// key notes the position of each part of a dotted key below prefix and returns
// its path. A part that names an array of tables means the last element of it;
// with begins, the whole key begins a new element.
func (l *locator) key(prefix string, parts unstable.Iterator, begins bool) string {
	path := prefix
	for parts.Next() {
		n := parts.Node()
		if path != "" {
			path += "."
		}
		path += string(n.Data)
		if len(path) > maxPath {
			return path[:maxPath]
		}
		l.note(path, n)
		if begins && parts.IsLast() {
			l.elements[path]++
		}
		if count := l.elements[path]; count > 0 {
			path = element(path, count-1)
			l.note(path, n)
		}
	}
	return path
}

func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// keyValue notes a key and, where its value is an inline table or a list of
// such, the keys inside.
func (l *locator) keyValue(table string, n *unstable.Node) {
	l.value(l.key(table, n.Key(), false), n.Value())
}

func (l *locator) value(path string, v *unstable.Node) {
	switch v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			l.keyValue(path, it.Node())
		}
	case unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); i++ {
			if len(path) < maxPath {
				l.value(element(path, i), it.Node())
			}
		}
	}
}

// note keeps the first position of a path.
func (l *locator) note(path string, n *unstable.Node) {
	if _, seen := l.positions[path]; seen {
		return
	}
	offset := int(n.Raw.Offset)
	line, exact := slices.BinarySearch(l.lines, offset)
	if !exact {
		line--
	}
	l.positions[path] = position{line: line + 1, column: offset - l.lines[line] + 1}
}
