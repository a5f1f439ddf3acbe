package config

import (
	"fmt"
	"reflect"
	"strings"
)

// DefaultFile is the commented file of a profile (see [Profiles]); "" for a
// profile that does not exist. Values that are the default stand in it as a
// comment, so that a later version may improve them; whatever differs, and every
// rule, is written out.
func DefaultFile(profile string) string {
	c, err := Profile(profile)
	if err != nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("# Configuration of strongroom. A key that is commented out shows its default.\n" +
		"# Unknown keys are errors. docs/config.md describes every key and its bounds.\n")
	defaults := Default()
	v, d := reflect.ValueOf(&c).Elem(), reflect.ValueOf(&defaults).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		b.WriteByte('\n')
		writeComment(&b, field.Tag.Get("doc"))
		name := field.Tag.Get("toml")
		if isTable(field.Type) {
			fmt.Fprintf(&b, "[%s]\n", name)
			writeTable(&b, name, v.Field(i), d.Field(i))
			continue
		}
		switch blocks := v.Field(i).Interface().(type) {
		case []Listener:
			for _, l := range blocks {
				b.WriteByte('\n')
				writeListener(&b, l)
			}
		case []Rule:
			for _, r := range blocks {
				b.WriteByte('\n')
				writeRule(&b, r)
			}
		}
	}
	if len(c.Listeners) == 0 {
		writeExample(&b)
	}
	return b.String()
}

// writeExample writes a further door as a comment, behind double signs: single
// ones mark keys that may be switched on where they stand.
func writeExample(b *strings.Builder) {
	b.WriteString("\n# An example of a further door: Algorand's kmd, with what its clients may do.\n")
	var example strings.Builder
	l := kmdListener()
	l.Address, l.DataDir = "127.0.0.1:7833", "/home/user/.algorand/kmd-v0.5"
	writeListener(&example, l)
	for _, r := range kmdRules(l.Name) {
		example.WriteByte('\n')
		writeRule(&example, r)
	}
	for line := range strings.Lines(example.String()) {
		b.WriteString(strings.TrimRight("## "+strings.TrimSuffix(line, "\n"), " ") + "\n")
	}
}

// writeTable writes the keys of a table, each below its description, then its sub-tables.
func writeTable(b *strings.Builder, path string, v, defaults reflect.Value) {
	for i := range v.NumField() {
		if field := v.Type().Field(i); !isTable(field.Type) {
			k := key{field: field, value: v.Field(i)}
			writeComment(b, k.doc()+k.accepts())
			off := "#"
			if !reflect.DeepEqual(v.Field(i).Interface(), defaults.Field(i).Interface()) {
				off = ""
			}
			fmt.Fprintf(b, "%s%s = %s\n", off, field.Tag.Get("toml"), k.literal())
		}
	}
	for i := range v.NumField() {
		if field := v.Type().Field(i); isTable(field.Type) && !isOtherProtocol(v, field.Tag.Get("toml")) {
			name := path + "." + field.Tag.Get("toml")
			b.WriteByte('\n')
			writeComment(b, field.Tag.Get("doc"))
			fmt.Fprintf(b, "[%s]\n", name)
			writeTable(b, name, v.Field(i), defaults.Field(i))
		}
	}
}

func writeListener(b *strings.Builder, l Listener) {
	d := DefaultListener()
	b.WriteString("[[listener]]\n")
	writeTable(b, "listener", reflect.ValueOf(&l).Elem(), reflect.ValueOf(&d).Elem())
}

// isOtherProtocol reports whether a table of a listener is for a protocol that it
// does not speak.
func isOtherProtocol(table reflect.Value, name string) bool {
	l, ok := table.Interface().(Listener)
	return ok && name != "limits" && name != l.Protocol
}

// writeRule writes a rule without the description of each key, so that it reads
// at one glance; empty lists are left out.
func writeRule(b *strings.Builder, r Rule) {
	writeComment(b, remark(r.Name))
	b.WriteString("[[rule]]\n")
	v := reflect.ValueOf(&r).Elem()
	for i := range v.NumField() {
		k := key{field: v.Type().Field(i), value: v.Field(i)}
		if v.Field(i).Kind() != reflect.Slice || v.Field(i).Len() > 0 {
			fmt.Fprintf(b, "%s = %s\n", k.field.Tag.Get("toml"), k.literal())
		}
	}
}

// accepts is the bounds of a key as the end of a sentence, or "".
func (k key) accepts() string {
	if b := k.bounds(); b != "" {
		return " (" + strings.Replace(b, "..", " to ", 1) + ")"
	}
	if c := k.choices(); c != nil {
		return " (" + strings.Join(c, ", ") + ")"
	}
	return ""
}

// writeComment writes text as comment lines of at most 100 columns.
func writeComment(b *strings.Builder, text string) {
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > 100 {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	if line != "#" {
		b.WriteString(line + "\n")
	}
}

// Reference is docs/config.md: every key with its type, default, bounds and variable.
func Reference() string {
	var b strings.Builder
	b.WriteString(`# Configuration reference

strongroom reads ` + "`strongroom.toml`" + ` from its data directory. A value comes from the command line, else from the
environment, else from the file, else from the defaults below. Unknown keys, keys given twice and values out of
bounds are errors that name the line. In the environment the elements of a list are separated by commas.
` + "`strongroom doctor`" + ` shows each value in effect and where it came from.
`)
	c := Default()
	v := reflect.ValueOf(&c).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := field.Tag.Get("toml")
		switch field.Type {
		case reflect.TypeFor[[]Listener]():
			l := DefaultListener()
			referTable(&b, "[["+name+"]]", name, "STRONGROOM_LISTENER_<NAME>_", field, reflect.ValueOf(&l).Elem())
		case reflect.TypeFor[[]Rule]():
			var r Rule
			referTable(&b, "[["+name+"]]", name, "", field, reflect.ValueOf(&r).Elem())
		default:
			referTable(&b, "["+name+"]", name, "STRONGROOM_"+strings.ToUpper(name)+"_", field, v.Field(i))
		}
	}
	return b.String()
}

// referTable describes one table; variable is the beginning of its environment variables, "" where there are none.
func referTable(b *strings.Builder, title, path, variable string, of reflect.StructField, v reflect.Value) {
	fmt.Fprintf(b, "\n## `%s`\n\n%s\n\n| key | type | default | accepts | meaning |\n|---|---|---|---|---|\n", title, of.Tag.Get("doc"))
	for i := range v.NumField() {
		if field := v.Type().Field(i); !isTable(field.Type) {
			k := key{field: field, value: v.Field(i)}
			name, value := field.Tag.Get("toml"), "`"+k.literal()+"`"
			if required(of.Type, name) {
				value = "required"
			}
			meaning := strings.ReplaceAll(k.doc(), "|", `\|`)
			if variable != "" && !(isTableList(of.Type) && name == "name") {
				meaning += " `" + variable + strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + "`"
			}
			fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s |\n", name, k.typeName(), value, strings.Trim(k.accepts(), " ()"), meaning)
		}
	}
	for i := range v.NumField() {
		if field := v.Type().Field(i); isTable(field.Type) {
			name := field.Tag.Get("toml")
			referTable(b, "["+path+"."+name+"]", path+"."+name, variable+strings.ToUpper(name)+"_", field, v.Field(i))
		}
	}
}

// required reports whether a block is refused without the key.
func required(table reflect.Type, name string) bool {
	switch table {
	case reflect.TypeFor[[]Listener]():
		return name == "name" || name == "protocol"
	case reflect.TypeFor[[]Rule]():
		return name != "effects" && name != "callers"
	}
	return false
}
