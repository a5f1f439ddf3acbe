package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// key is one place in a [Config] that holds a value.
type key struct {
	path    string // by position: "sealing.time", "listener[0].kmd.session-lifetime"
	display string // by name: "listener.kmd.kmd.session-lifetime"
	field   reflect.StructField
	value   reflect.Value
	fixed   bool // may not be changed from the environment or the command line
}

func (k key) doc() string    { return k.field.Tag.Get("doc") }
func (k key) bounds() string { return k.field.Tag.Get("bounds") }
func (k key) choices() []string {
	if s := k.field.Tag.Get("oneof"); s != "" {
		return strings.Split(s, "|")
	}
	return nil
}

// keys lists every key of a configuration in the order of its declaration.
func keys(c *Config) []key { return collect(reflect.ValueOf(c).Elem(), "", "", false) }

func collect(table reflect.Value, path, display string, fixed bool) []key {
	var all []key
	for i := range table.NumField() {
		field, value := table.Type().Field(i), table.Field(i)
		name := field.Tag.Get("toml")
		switch {
		case isTable(field.Type):
			all = append(all, collect(value, path+name+".", display+name+".", fixed)...)
		case isTableList(field.Type):
			for j := range value.Len() {
				at := fmt.Sprintf("%s[%d].", name, j)
				all = append(all, collect(value.Index(j), path+at, display+elementName(name, value, j)+".", field.Type.Elem() == reflect.TypeFor[Rule]())...)
			}
		default:
			// A listener's name cannot be changed either: it is what the other names are made of.
			isName := name == "name" && path != ""
			all = append(all, key{path: path + name, display: display + name, field: field, value: value, fixed: fixed || isName})
		}
	}
	return all
}

// elementName is how element j of a list is called: by its name where it has one of its own.
func elementName(list string, value reflect.Value, j int) string {
	name := value.Index(j).FieldByName("Name").String()
	for i := range value.Len() {
		if i != j && value.Index(i).FieldByName("Name").String() == name {
			name = ""
		}
	}
	if name == "" {
		return fmt.Sprintf("%s[%d]", list, j)
	}
	return list + "." + name
}

func isTable(t reflect.Type) bool     { return t.Kind() == reflect.Struct }
func isTableList(t reflect.Type) bool { return t.Kind() == reflect.Slice && isTable(t.Elem()) }

// variable is the environment variable of a key.
func (k key) variable() string {
	return "STRONGROOM_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(k.display))
}

// fieldOf finds the field of a table that a TOML key names.
func fieldOf(table reflect.Type, name string) (int, bool) {
	for i := range table.NumField() {
		if table.Field(i).Tag.Get("toml") == name {
			return i, true
		}
	}
	return 0, false
}

// fieldNames are the keys of a table.
func fieldNames(table reflect.Type) []string {
	names := make([]string, table.NumField())
	for i := range names {
		names[i] = table.Field(i).Tag.Get("toml")
	}
	return names
}

// typeName says in a reader's words what a key holds.
func (k key) typeName() string {
	switch k.field.Type {
	case reflect.TypeFor[Duration]():
		return "duration"
	case reflect.TypeFor[int]():
		return "whole number"
	case reflect.TypeFor[bool]():
		return "true or false"
	case reflect.TypeFor[[]string]():
		return "list of strings"
	}
	return "string"
}

// literal writes the value of a key as TOML.
func (k key) literal() string {
	switch v := k.value.Interface().(type) {
	case Duration:
		return quote(v.String())
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	default:
		return quote(k.value.String())
	}
}

// quote writes a basic string of TOML 1.0.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
